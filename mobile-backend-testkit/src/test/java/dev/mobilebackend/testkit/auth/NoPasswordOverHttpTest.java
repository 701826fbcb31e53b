// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Message;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.device.SignInListener;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Accounts without a password: what a thief can do with nothing but an access token, and an owner with a code. */
class NoPasswordOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    class OnH2 extends Flows {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    @Nested
    class OnPostgres extends Flows {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::postgres, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    abstract static class Flows {

        private final long number = COUNT.incrementAndGet();
        private final String number49 = "+4932" + (1_000_000 + number);
        private final String email = "mia" + number + "@example.org";
        private final String thiefs = "thief" + number + "@example.org";
        private final String thiefs49 = "+4933" + (1_000_000 + number);

        abstract AuthApp app();

        @AfterEach
        void listenNoMore() {
            app().signInListener(SignInListener.NONE);
        }

        @Test
        void aTokenAloneChangesNothingAndSaysWhatToAskFor(MobileClient phone, TestClock clock) {
            withPhone(phone);
            steppedUp(phone, number49);
            clock.advance(Duration.ofMinutes(6));
            Account before = account(phone);

            List<Reply> refused = List.of(
                    phone.post("/v1/auth/address/change", Map.of("email", thiefs)),
                    phone.post("/v1/auth/address/change", Map.of("email", thiefs, "password", PASSWORD)),
                    phone.post("/v1/auth/phone/change", Map.of("phone", thiefs49)),
                    delete(phone));

            for (Reply reply : refused) {
                assertProblem(401, "step-up-required", reply);
                assertEquals(300, reply.json().get("maxAge").asInt());
                assertEquals("[\"sms\"]", reply.json().get("methods").toString());
            }
            assertEquals(List.of(), sentTo(thiefs));
            assertEquals(List.of(), sentTo(thiefs49));
            assertEquals(before, account(phone));
        }

        @Test
        void aTokenAloneHasCodesSentToTheOwnerOnly(MobileClient phone, TestClock clock) {
            withPhone(phone);
            clock.advance(Duration.ofMinutes(6));

            assertEquals(202, phone.post("/v1/auth/step-up/code", Map.of()).status());
            Reply otherMethod = phone.post("/v1/auth/step-up/code", Map.of("method", "otp"));

            assertEquals(number49, app().mail().to());
            assertProblem(422, "invalid-input", otherMethod);
        }

        @Test
        void whoHasShownACodeLatelyIsLetThrough(MobileClient phone, TestClock clock) {
            withPhone(phone);
            clock.advance(Duration.ofMinutes(6));
            steppedUp(phone, number49);

            Reply asked = phone.post("/v1/auth/address/change", Map.of("email", email));
            Reply confirmed = phone.post("/v1/auth/address/confirm", Map.of("code", codeTo(email)));

            assertEquals(202, asked.status(), asked::toString);
            assertEquals(200, confirmed.status(), confirmed::toString);
            assertEquals(204, delete(phone).status());
        }

        @Test
        void whatWasAskedForInAGuestsSessionCountsNoMoreOnceTheOwnerCanBeReached(MobileClient phone) {
            phone.signInBy("/v1/auth/guest", Map.of());
            assertEquals(
                    202,
                    phone.post("/v1/auth/address/change", Map.of("email", thiefs))
                            .status());
            phone.post("/v1/auth/guest/upgrade", Map.of("email", email, "password", PASSWORD));
            givePhone(phone);

            Reply address = phone.post("/v1/auth/address/confirm", Map.of("code", codeTo(thiefs)));
            Reply upgrade = phone.post("/v1/auth/guest/verify", Map.of("code", codeTo(email)));

            assertProblem(422, "wrong-code", address);
            assertProblem(422, "wrong-code", upgrade);
            assertEquals(null, account(phone).email());
        }

        @Test
        void aGuestHasNothingToShowAndIsLetThrough(MobileClient phone, TestClock clock) {
            phone.signInBy("/v1/auth/guest", Map.of());
            clock.advance(Duration.ofMinutes(6));

            assertEquals(204, delete(phone).status());
        }

        @Test
        void aPasswordIsNotAskedForInATransaction(MobileClient phone, MobileClient tablet) {
            phone.signUp(email, PASSWORD);
            assertEquals(200, phone.verify(email, app().mail().code()).status());
            var thrown = new AtomicReference<IllegalStateException>();
            app().signInListener((account, session, signals, exchange) ->
                    thrown.set(assertThrows(IllegalStateException.class, () -> app().auth()
                            .requirePassword(exchange, PASSWORD.toCharArray()))));

            assertEquals(200, tablet.signIn(email, PASSWORD).status());

            assertTrue(thrown.get().getMessage().contains("before the transaction"), thrown::toString);
        }

        private void withPhone(MobileClient phone) {
            assertEquals(201, phone.signInBy("/v1/auth/guest", Map.of()).status());
            givePhone(phone);
        }

        private void givePhone(MobileClient phone) {
            assertEquals(
                    202,
                    phone.post("/v1/auth/phone/change", Map.of("phone", number49))
                            .status());
            Reply confirmed = phone.post("/v1/auth/phone/confirm", Map.of("code", codeTo(number49)));
            assertEquals(200, confirmed.status(), confirmed::toString);
        }

        private void steppedUp(MobileClient phone, String at) {
            assertEquals(202, phone.post("/v1/auth/step-up/code", Map.of()).status());
            Reply shown = phone.stepUp(Map.of("code", codeTo(at)));
            assertEquals(200, shown.status(), shown::toString);
        }

        private static Reply delete(MobileClient phone) {
            return phone.request("DELETE", "/who").json(Map.of()).send();
        }

        private Account account(MobileClient phone) {
            return app().auth()
                    .accounts()
                    .find(phone.get("/who").json().asString())
                    .orElseThrow();
        }

        /** The newest code that went there. */
        private String codeTo(String contact) {
            return sentTo(contact).stream()
                    .flatMap(notice -> app().auth().accounts().message(notice).stream())
                    .map(Message::code)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
        }

        private List<Notice> sentTo(String contact) {
            return app().notices().stream()
                    .filter(notice -> notice.to().equals(contact))
                    .toList();
        }

        private static void assertProblem(int status, String code, Reply reply) {
            assertEquals(status, reply.status(), reply::toString);
            assertEquals(code, reply.json().get("code").asString(), reply::toString);
        }
    }
}
