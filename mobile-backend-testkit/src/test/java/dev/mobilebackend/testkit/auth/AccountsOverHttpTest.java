// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.Message;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Accounts as a phone lives with them: forgotten passwords, codes, links, other addresses, guests and the end. */
class AccountsOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER = "another long password";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Flows {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Flows {}

    abstract static class Flows extends OverHttp {

        private final long number = COUNT.incrementAndGet();
        private final String email = "bea" + number + "@example.org";
        private final String newEmail = "bea" + number + "@new.example";
        private final String number49 = "+4930" + (1_000_000 + number);

        @Test
        void aForgottenPasswordIsSetAnewAndSignsEveryDeviceOut(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            signedIn(tablet, email);

            assertEquals(202, forgot(phone, email).status());
            Reply reset = reset(phone, app().mail().code());

            assertEquals(204, reset.status(), reset::toString);
            assertEquals(Notice.Kind.PASSWORD_CHANGED, app().mail().kind());
            assertEquals(401, phone.get("/who").status());
            assertEquals(401, tablet.get("/who").status());
            assertEquals(401, phone.signIn(email, PASSWORD).status());
            assertEquals(200, phone.signIn(email, OTHER).status());
        }

        @Test
        void aPasswordIsNotSetWithAWrongCodeOrOnAnotherDevice(MobileClient phone, MobileClient stranger) {
            signedIn(phone);
            forgot(phone, email);
            String code = app().mail().code();

            assertProblem(422, "wrong-code", reset(phone, wrong(code)));
            assertProblem(422, "wrong-code", reset(stranger, code));
            assertEquals(200, phone.get("/who").status());
            assertEquals(204, reset(phone, code).status());
        }

        @Test
        void aChangedPasswordSignsTheOtherDevicesOut(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            signedIn(tablet, email);

            Reply wrong = change(phone, "not the right one", OTHER);
            Reply changed = change(phone, PASSWORD, OTHER);

            assertProblem(422, "wrong-password", wrong);
            assertEquals(204, changed.status(), changed::toString);
            assertEquals(200, phone.get("/who").status());
            assertEquals(200, phone.refresh().status());
            assertEquals(401, tablet.get("/who").status());
            assertEquals(200, tablet.signIn(email, OTHER).status());
        }

        @Test
        void theOldPasswordCannotBeGuessedAtAChange(MobileClient.Builder phones) {
            MobileClient phone = signedIn(phones.retry(RetryPolicy.NEVER).build());
            for (int i = 0; i < 5; i++) {
                assertProblem(422, "wrong-password", change(phone, "guess number " + i, OTHER));
            }

            assertProblem(429, "too-many-tries", change(phone, PASSWORD, OTHER));
        }

        @Test
        void aCodeSignsInAndSaysHow(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            tablet.post("/v1/auth/code/send", Map.of("email", email));

            Reply signedIn = tablet.signInBy(
                    "/v1/auth/code/sign-in",
                    Map.of("email", email, "code", app().mail().code()));

            assertEquals(200, signedIn.status(), signedIn::toString);
            assertTrue(methods(tablet).contains("\"otp\""), methods(tablet));
            assertEquals(phone.get("/who").text(), tablet.get("/who").text());
        }

        @Test
        void aLinkSignsInOnItsDeviceOnce(MobileClient phone, MobileClient stranger) {
            signedIn(phone);
            phone.post("/v1/auth/link/send", Map.of("email", email));
            Map<String, String> token = Map.of("token", app().mail().code());

            assertProblem(422, "wrong-code", stranger.signInBy("/v1/auth/link/sign-in", token));
            assertEquals(405, phone.get("/v1/auth/link/sign-in").status());
            assertEquals(200, phone.signInBy("/v1/auth/link/sign-in", token).status());
            assertProblem(422, "wrong-code", phone.signInBy("/v1/auth/link/sign-in", token));
        }

        @Test
        void anAddressIsChangedAndTheOldOneTold(MobileClient phone) {
            String id = signedIn(phone).get("/who").text();

            Reply asked = phone.post("/v1/auth/address/change", Map.of("email", newEmail, "password", PASSWORD));
            Message code = message(Notice.Kind.NEW_CONTACT_CODE, newEmail);
            Reply confirmed = phone.post("/v1/auth/address/confirm", Map.of("code", code.code()));

            assertEquals(202, asked.status(), asked::toString);
            assertEquals(newEmail, confirmed.json().get("email").asString());
            message(Notice.Kind.CONTACT_CHANGE_ASKED, email);
            message(Notice.Kind.CONTACT_CHANGED, email);
            assertEquals(401, phone.signIn(email, PASSWORD).status());
            assertEquals(200, phone.signIn(newEmail, PASSWORD).status());
            assertEquals(id, phone.get("/who").text());
        }

        @Test
        void anAddressIsNotChangedWithoutThePasswordOrInAnotherSession(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            signedIn(tablet, email);

            Reply wrong = phone.post("/v1/auth/address/change", Map.of("email", newEmail, "password", OTHER));
            Reply missing = phone.post("/v1/auth/address/change", Map.of("email", newEmail));
            phone.post("/v1/auth/address/change", Map.of("email", newEmail, "password", PASSWORD));
            String code = message(Notice.Kind.NEW_CONTACT_CODE, newEmail).code();

            assertProblem(422, "wrong-password", wrong);
            assertProblem(422, "wrong-password", missing);
            assertProblem(422, "wrong-code", tablet.post("/v1/auth/address/confirm", Map.of("code", code)));
        }

        @Test
        void aPhoneNumberIsConfirmedAndThenSignsInByTextMessage(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            phone.post("/v1/auth/phone/change", Map.of("phone", number49, "password", PASSWORD));
            Message code = message(Notice.Kind.NEW_CONTACT_CODE, number49);
            assertEquals(Contact.Channel.SMS, code.channel());
            assertEquals(
                    number49,
                    phone.post("/v1/auth/phone/confirm", Map.of("code", code.code()))
                            .json()
                            .get("phone")
                            .asString());

            tablet.post("/v1/auth/code/send", Map.of("phone", number49));
            Reply signedIn = tablet.signInBy(
                    "/v1/auth/code/sign-in",
                    Map.of("phone", number49, "code", app().mail().code()));

            assertEquals(200, signedIn.status(), signedIn::toString);
            assertTrue(methods(tablet).contains("\"sms\""), methods(tablet));
        }

        @Test
        void aGuestGetsAnAddressAndGoesOnAsTheSameAccount(MobileClient phone) {
            assertEquals(201, phone.signInBy("/v1/auth/guest", Map.of()).status());
            String id = phone.get("/who").text();
            String guestSession = phone.tokens().orElseThrow().sessionId();

            Reply asked = phone.post("/v1/auth/guest/upgrade", Map.of("email", email, "password", PASSWORD));
            Reply verified = phone.signInBy(
                    "/v1/auth/guest/verify", Map.of("code", app().mail().code()));

            assertEquals(202, asked.status(), asked::toString);
            assertEquals(200, verified.status(), verified::toString);
            assertEquals(id, phone.get("/who").text());
            assertNotEquals(guestSession, phone.tokens().orElseThrow().sessionId());
            assertEquals(200, phone.signIn(email, PASSWORD).status());
            assertEquals(id, phone.get("/who").text());
        }

        @Test
        void aGuestGoesOverToTheAccountThatIsThereAlready(MobileClient owner, MobileClient phone) {
            String account = signedIn(owner).get("/who").text().replace("\"", "");
            phone.signInBy("/v1/auth/guest", Map.of());
            String guest = phone.get("/who").text().replace("\"", "");
            String guestToken = phone.tokens().orElseThrow().accessToken();

            Reply wrong = phone.signInBy("/v1/auth/guest/link", Map.of("email", email, "password", OTHER));
            Reply linked = phone.signInBy("/v1/auth/guest/link", Map.of("email", email, "password", PASSWORD));

            assertProblem(422, "wrong-password", wrong);
            assertEquals(200, linked.status(), linked::toString);
            assertEquals("\"" + account + "\"", phone.get("/who").text());
            assertTrue(app().ended().contains(guest + " into " + account));
            assertEquals(
                    401,
                    phone.request("GET", "/who")
                            .header("Authorization", "Bearer " + guestToken)
                            .send()
                            .status());
            assertProblem(
                    409,
                    "conflict",
                    phone.post("/v1/auth/guest/upgrade", Map.of("email", newEmail, "password", PASSWORD)));
        }

        @Test
        void anAccountIsDeletedWithItsPassword(MobileClient phone, MobileClient tablet) {
            String id = signedIn(phone).get("/who").text().replace("\"", "");
            signedIn(tablet, email);

            Reply wrong = delete(phone, OTHER);
            Reply deleted = delete(phone, PASSWORD);

            assertProblem(422, "wrong-password", wrong);
            assertEquals(204, deleted.status(), deleted::toString);
            assertTrue(app().ended().contains(id));
            message(Notice.Kind.ACCOUNT_DELETED, email);
            assertEquals(401, phone.get("/who").status());
            assertEquals(401, tablet.refresh().status());
            assertEquals(401, phone.signIn(email, PASSWORD).status());
            assertEquals(202, phone.signUp(email, PASSWORD).status());
            assertEquals(Notice.Kind.VERIFICATION_CODE, app().mail().kind());
        }

        @Test
        void aDeletionThatFailsHalfwayLeavesEverything(MobileClient phone) {
            signedIn(phone);
            app().refuseNext(Notice.Kind.ACCOUNT_DELETED);

            assertEquals(500, delete(phone, PASSWORD).status());

            assertEquals(200, phone.refresh().status());
            assertEquals(200, phone.signIn(email, PASSWORD).status());
            assertEquals(204, delete(phone, PASSWORD).status());
        }

        @Test
        void aResetThatFailsHalfwayLeavesPasswordAndCode(MobileClient phone) {
            signedIn(phone);
            forgot(phone, email);
            String code = app().mail().code();
            app().refuseNext(Notice.Kind.PASSWORD_CHANGED);

            assertEquals(500, reset(phone, code).status());

            assertEquals(200, phone.signIn(email, PASSWORD).status());
            assertEquals(204, reset(phone, code).status());
        }

        @Test
        void anAddressIsSentSixMessagesAnHourAndNobodyIsToldSo(MobileClient.Builder phones) {
            MobileClient stranger = phones.retry(RetryPolicy.NEVER).build();
            long before = sentTo(email);
            for (int i = 0; i < 9; i++) {
                Reply reply = i % 3 == 0
                        ? stranger.signUp(email, PASSWORD)
                        : stranger.post(
                                i % 3 == 1 ? "/v1/auth/password/forgot" : "/v1/auth/code/send", Map.of("email", email));
                assertEquals(202, reply.status());
            }

            assertEquals(6, sentTo(email) - before);
        }

        @Test
        void strangersKeepAnOwnerFromNoCodeOnADeviceThatTheAccountKnows(
                MobileClient phone, MobileClient reinstalled, MobileClient.Builder phones) {
            signedIn(phone);
            MobileClient stranger = phones.retry(RetryPolicy.NEVER).build();
            for (int i = 0; i < 7; i++) {
                stranger.post("/v1/auth/password/forgot", Map.of("email", email));
            }
            long before = sentTo(email);

            for (String path : List.of("/v1/auth/password/forgot", "/v1/auth/code/send", "/v1/auth/link/send")) {
                assertEquals(202, phone.post(path, Map.of("email", email)).status());
                assertEquals(202, reinstalled.post(path, Map.of("email", email)).status());
            }

            assertEquals(3, sentTo(email) - before);
        }

        @Test
        void moreDevicesThatTheAccountKnowsGetNoMoreCodes(MobileClient phone, MobileClient.Builder phones) {
            signedIn(phone);
            var known = new ArrayList<MobileClient>();
            for (int i = 0; i < 8; i++) {
                MobileClient another = phones.retry(RetryPolicy.NEVER).build();
                signedIn(another, email);
                known.add(another);
            }
            long before = sentTo(email);

            for (MobileClient each : known) {
                assertEquals(
                        202,
                        each.post("/v1/auth/code/send", Map.of("email", email)).status());
            }

            assertEquals(6, sentTo(email) - before);
        }

        @Test
        void nobodyLearnsWhetherAnAddressOrAPhoneIsKnown(MobileClient phone, MobileClient stranger) {
            signedIn(phone);

            for (String path : List.of("/v1/auth/password/forgot", "/v1/auth/code/send", "/v1/auth/link/send")) {
                assertAlike(
                        stranger.post(path, Map.of("email", email)),
                        stranger.post(path, Map.of("email", "nobody-" + email)));
            }
            for (String path : List.of("/v1/auth/code/sign-in", "/v1/auth/password/reset")) {
                assertAlike(
                        stranger.post(path, wrongCode(path, email)),
                        stranger.post(path, wrongCode(path, "nobody-" + email)));
            }
            assertEquals(Notice.Kind.NO_ACCOUNT, app().mail().kind());
        }

        @Test
        void aPhoneNumberThatIsNoneIsNamed(MobileClient phone) {
            Reply none = phone.post("/v1/auth/code/send", Map.of("phone", "030 123456"));
            Reply both = phone.post("/v1/auth/code/send", Map.of("phone", number49, "email", email));

            assertProblem(422, "invalid-input", none);
            assertTrue(none.text().contains("#/phone"), none::toString);
            assertProblem(422, "invalid-input", both);
        }

        private static Map<String, String> wrongCode(String path, String address) {
            return path.endsWith("reset")
                    ? Map.of("email", address, "code", "00000000", "password", OTHER)
                    : Map.of("email", address, "code", "00000000");
        }

        private static void assertAlike(Reply known, Reply unknown) {
            assertEquals(known.status(), unknown.status());
            assertEquals(withoutId(known), withoutId(unknown));
            assertEquals(known.headers().keySet(), unknown.headers().keySet());
        }

        private static String withoutId(Reply reply) {
            return reply.text().replaceAll("\"requestId\":\"[^\"]*\"", "");
        }

        private long sentTo(String address) {
            return app().notices().stream()
                    .filter(notice -> notice.to().equals(address))
                    .count();
        }

        private Message message(Notice.Kind kind, String to) {
            Notice found = app().notices().stream()
                    .filter(notice -> notice.kind() == kind && notice.to().equals(to))
                    .findFirst()
                    .orElseThrow();
            return app().auth().accounts().message(found).orElseThrow();
        }

        @Test
        void whoeverRepeatsWhatWasDoneIsRefusedAndHasAWayOn(
                MobileClient phone, MobileClient guest, MobileClient other) {
            signedIn(phone);

            assertEquals(204, change(phone, PASSWORD, OTHER).status());
            assertProblem(422, "wrong-password", change(phone, PASSWORD, OTHER));
            assertEquals(
                    200,
                    phone.post("/v1/auth/step-up", Map.of("password", OTHER)).status());

            guest.signInBy("/v1/auth/guest", Map.of());
            String guestToken = guest.tokens().orElseThrow().accessToken();
            guest.post("/v1/auth/guest/upgrade", Map.of("email", newEmail, "password", PASSWORD));
            Map<String, String> code = Map.of("code", app().mail().code());
            guest.signInBy("/v1/auth/guest/verify", code);
            assertProblem(401, "session-ended", repeated(guest, guestToken, "guest/verify", code));
            assertEquals(200, guest.signIn(newEmail, PASSWORD).status());

            other.signInBy("/v1/auth/guest", Map.of());
            String otherToken = other.tokens().orElseThrow().accessToken();
            Map<String, String> credentials = Map.of("email", email, "password", OTHER);
            other.signInBy("/v1/auth/guest/link", credentials);
            assertProblem(401, "session-ended", repeated(other, otherToken, "guest/link", credentials));
            assertEquals(200, other.signIn(email, OTHER).status());
        }

        private Reply repeated(MobileClient phone, String token, String path, Map<String, String> body) {
            return phone.request("POST", "/v1/auth/" + path)
                    .header("Authorization", "Bearer " + token)
                    .json(body)
                    .send();
        }

        @Test
        void noPasswordIsHashedForWhoHasGivenUpMeanwhile(MobileClient.Builder phones, MobileClient.Builder guests) {
            MobileClient phone = signedIn(phones.retry(RetryPolicy.NEVER).build());
            MobileClient guest = guests.retry(RetryPolicy.NEVER).build();
            guest.signInBy("/v1/auth/guest", Map.of());
            forgot(phone, email);
            String code = app().mail().code();
            Map<String, String> credentials = Map.of("email", email, "password", PASSWORD);
            var requests = List.of(
                    phone.request("POST", "/v1/auth/sign-up").json(credentials),
                    phone.request("POST", "/v1/auth/sign-in").json(credentials),
                    phone.request("POST", "/v1/auth/password/reset")
                            .json(Map.of("email", email, "code", code, "password", OTHER)),
                    phone.request("POST", "/v1/auth/password/change")
                            .json(Map.of("currentPassword", PASSWORD, "newPassword", OTHER)),
                    phone.request("POST", "/v1/auth/address/change")
                            .json(Map.of("email", newEmail, "password", PASSWORD)),
                    phone.request("DELETE", "/who").json(Map.of("password", PASSWORD)),
                    guest.request("POST", "/v1/auth/guest/upgrade").json(Map.of("email", newEmail, "password", OTHER)),
                    guest.request("POST", "/v1/auth/guest/link").json(credentials));

            app().dawdle(Duration.ofSeconds(2));
            try {
                for (Call request : requests) {
                    assertProblem(
                            503,
                            "unavailable",
                            request.header("Request-Timeout", "1000").send());
                }
            } finally {
                app().dawdle(Duration.ZERO);
            }

            assertEquals(204, reset(phone, code).status());
        }

        private MobileClient signedIn(MobileClient phone) {
            phone.signUp(email, PASSWORD);
            assertEquals(200, phone.verify(email, app().mail().code()).status());
            return phone;
        }

        private static void signedIn(MobileClient phone, String email) {
            assertEquals(200, phone.signIn(email, PASSWORD).status());
        }

        private static Reply forgot(MobileClient phone, String email) {
            return phone.post("/v1/auth/password/forgot", Map.of("email", email));
        }

        private Reply reset(MobileClient phone, String code) {
            return phone.post("/v1/auth/password/reset", Map.of("email", email, "code", code, "password", OTHER));
        }

        private static Reply change(MobileClient phone, String before, String after) {
            return phone.post("/v1/auth/password/change", Map.of("currentPassword", before, "newPassword", after));
        }

        private static Reply delete(MobileClient phone, String password) {
            return phone.request("DELETE", "/who")
                    .json(Map.of("password", password))
                    .send();
        }

        private static String methods(MobileClient phone) {
            String claims = phone.tokens().orElseThrow().accessToken().split("\\.")[1];
            return new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8);
        }

        private static String wrong(String code) {
            return (code.charAt(0) == '0' ? '1' : '0') + code.substring(1);
        }
    }
}
