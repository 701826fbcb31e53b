// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.device.SignInListener;
import dev.mobilebackend.auth.device.SignInSignal;
import dev.mobilebackend.auth.device.SignInSignal.ImpossibleTravel;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of those who guess, of the owners whose accounts they guess at, and of sign-ins that are unusual. */
class AbuseOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String WRONG = "not the right password";
    private static final String HOME = "198.51.100.1";
    private static final String SYDNEY = "198.51.100.99";
    private static final AtomicInteger COUNT = new AtomicInteger();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Endpoints {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Endpoints {}

    abstract static class Endpoints extends OverHttp {

        private final int number = COUNT.incrementAndGet();
        private final String email = "flora" + number + "@example.org";

        @AfterEach
        void listenNoMore() {
            app().signInListener(SignInListener.NONE);
        }

        @Test
        void anAttackFromEverywhereLocksTheOwnerOutOnNoKnownDevice(
                MobileClient.Builder phones, MobileClient.Builder laptops) {
            MobileClient phone = signedUp(phones.retry(RetryPolicy.NEVER).build());
            MobileClient laptop = laptops.retry(RetryPolicy.NEVER).build();

            attack(laptop, email);

            assertEquals(429, signIn(laptop, HOME, email, PASSWORD).status());
            assertEquals(200, signIn(phone, HOME, email, PASSWORD).status());
        }

        @Test
        void aKnownDeviceIsSlowedDownByItsOwnGuesses(MobileClient.Builder phones, MobileClient.Builder thieves) {
            String stolen = signedUp(phones.build()).deviceId();
            MobileClient thief =
                    thieves.deviceId(stolen).retry(RetryPolicy.NEVER).build();

            for (int i = 0; i < 5; i++) {
                assertEquals(401, signIn(thief, address(i), email, WRONG).status());
            }

            assertEquals(429, signIn(thief, address(5), email, PASSWORD).status());
        }

        @Test
        void aRefusalTellsNeitherAnAccountNorADevice(MobileClient.Builder phones, MobileClient.Builder strangers) {
            MobileClient phone = signedUp(phones.retry(RetryPolicy.NEVER).build());
            MobileClient stranger = strangers.retry(RetryPolicy.NEVER).build();

            Reply knownDevice = refused(phone, HOME, email);
            Reply knownAccount = refused(stranger, HOME, email);
            Reply unknownAccount = refused(stranger, HOME, "nobody-" + email);

            assertEquals(withoutId(knownDevice), withoutId(knownAccount));
            assertEquals(withoutId(knownDevice), withoutId(unknownAccount));
            assertEquals(
                    knownDevice.headers().keySet(), unknownAccount.headers().keySet());
        }

        @Test
        void anIdThatAnybodyCouldHaveIsNoKnownDevice(MobileClient.Builder phones, MobileClient.Builder strangers) {
            MobileClient phone = signedUp(
                    phones.deviceId("Pixel9Pro").retry(RetryPolicy.NEVER).build());

            attack(strangers.retry(RetryPolicy.NEVER).build(), email);

            assertEquals(429, signIn(phone, HOME, email, PASSWORD).status());
        }

        @Test
        void everyFailedSignInIsAnEventAndEveryTryAFigure(MobileClient.Builder phones, MobileClient.Builder strangers) {
            MobileClient phone = signedUp(phones.retry(RetryPolicy.NEVER).build());
            MobileClient stranger = strangers.retry(RetryPolicy.NEVER).build();
            int before = app().endings().size();

            signIn(phone, HOME, email, WRONG);
            signIn(phone, HOME, email, PASSWORD);
            refused(stranger, HOME, email);

            List<String> endings = app().endings();
            assertEquals(
                    List.of(
                            "password WRONG",
                            "password RIGHT",
                            "password WRONG",
                            "password WRONG",
                            "password WRONG",
                            "password WRONG",
                            "password WRONG",
                            "password REFUSED by ACCOUNT_FROM_CLIENT"),
                    endings.subList(before, endings.size()));
            assertEquals(
                    List.of("unknown", "unknown", "unknown", "unknown", "unknown", "known"),
                    app().auth().audit().newest(null, Long.MAX_VALUE, 7).stream()
                            .map(AuditEntry::event)
                            .filter(event -> event.type().equals(AuditEvents.SIGN_IN_FAILED))
                            .map(event -> event.details().get("device"))
                            .toList());
        }

        @Test
        void aWrongLinkIsAnEventAndAFigureAndARightOneIsTakenHoweverManyThereWere(MobileClient.Builder phones) {
            MobileClient phone = signedUp(phones.retry(RetryPolicy.NEVER).build());
            phone.post("/v1/auth/link/send", Map.of("email", email));
            String link = app().mail().code();
            int before = app().endings().size();
            long end = app().auth().audit().head().number();

            for (int i = 0; i < 50; i++) {
                assertEquals(422, open(phone, address(1), "wrong" + i).status());
            }
            assertEquals(429, open(phone, address(1), "wrong").status());
            assertEquals(200, open(phone, address(1), link).status());

            List<String> endings = app().endings();
            assertEquals("link WRONG", endings.get(before));
            assertEquals(
                    List.of("link WRONG", "link REFUSED by CLIENT", "link RIGHT"),
                    endings.subList(before + 49, endings.size()));
            List<AuditEvent> failed = app().auth().audit().newest(null, Long.MAX_VALUE, 60).stream()
                    .filter(entry -> entry.number() > end)
                    .map(AuditEntry::event)
                    .filter(event -> event.type().equals(AuditEvents.SIGN_IN_FAILED))
                    .toList();
            assertEquals(50, failed.size());
            assertEquals("link", failed.get(0).details().get("tried"));
            assertEquals(address(1), failed.get(0).details().get("client"));
        }

        @Test
        void theOwnerIsToldOfANewDeviceAndOfNoOther(MobileClient phone, MobileClient tablet) {
            signedUp(phone);
            phone.signIn(email, PASSWORD);
            assertEquals(List.of(), newDevices());

            tablet.signIn(email, PASSWORD);
            tablet.signIn(email, PASSWORD);

            assertEquals(List.of(new Notice(Notice.Kind.NEW_DEVICE, email, "")), newDevices());
            assertEquals(1, entries(tablet, AuditEvents.NEW_DEVICE).size());
        }

        @Test
        void aSignInThatNobodyCouldHaveTravelledToIsRecorded(MobileClient phone, TestClock clock) {
            signedUp(phone);
            app().place(SYDNEY, new Place("AU", "Sydney", -33.87, 151.21));
            var noticed = new CopyOnWriteArrayList<SignInSignal>();
            app().signInListener((account, session, signals, exchange) -> noticed.addAll(signals));

            clock.advance(Duration.ofHours(2));
            assertEquals(200, signIn(phone, SYDNEY, email, PASSWORD).status());

            Map<String, String> details =
                    entries(phone, AuditEvents.IMPOSSIBLE_TRAVEL).get(0).details();
            assertEquals(
                    List.of("Berlin, DE", "Sydney, AU", "PT2H"),
                    List.of(details.get("from"), details.get("to"), details.get("within")));
            assertEquals(
                    List.of(new ImpossibleTravel(
                            new Place("DE", "Berlin", 52.5, 13.4),
                            new Place("AU", "Sydney", -33.87, 151.21),
                            Duration.ofHours(2))),
                    noticed);
            clock.advance(Duration.ofDays(1));
            assertEquals(200, signIn(phone, HOME, email, PASSWORD).status());
            assertEquals(1, entries(phone, AuditEvents.IMPOSSIBLE_TRAVEL).size());
        }

        @Test
        void whoeverCanNotBePlacedSignsInAndRefreshesAllTheSame(MobileClient phone, MobileClient tablet) {
            signedUp(phone);
            app().placesAreLost(true);
            try {
                assertEquals(200, tablet.signIn(email, PASSWORD).status());
                assertEquals(200, phone.refresh().status());
            } finally {
                app().placesAreLost(false);
            }
        }

        @Test
        void theApplicationMayRefuseWhatIsUnusualAndNothingIsLeftOfIt(
                MobileClient phone, MobileClient tablet, TestClock clock) {
            signedUp(phone);
            app().signInListener((account, session, signals, exchange) -> {
                throw Problem.FORBIDDEN.detail("confirm it on your phone").exception();
            });

            assertEquals(403, tablet.signIn(email, PASSWORD).status());
            assertEquals(403, tablet.signIn(email, PASSWORD).status());

            assertEquals(List.of(), newDevices());
            assertEquals(
                    1,
                    app().auth()
                            .sessions()
                            .ofAccount(accountId(phone), clock.instant())
                            .size());
        }

        @Test
        void aDeletedAccountLeavesNoDevice(MobileClient phone, MobileClient tablet, TestDatabase database) {
            signedUp(phone);
            tablet.signIn(email, PASSWORD);
            String accountId = accountId(phone);
            assertEquals(2, devices(accountId, database));

            Reply deleted = phone.request("DELETE", "/who")
                    .json(Map.of("password", PASSWORD))
                    .send();

            assertEquals(204, deleted.status());
            assertEquals(0, devices(accountId, database));
        }

        @Test
        void aGuestWhoGoesOverToAnAccountLeavesNoDevice(
                MobileClient phone, MobileClient tablet, TestDatabase database) {
            signedUp(phone);
            assertEquals(201, tablet.signInBy("/v1/auth/guest", Map.of()).status());
            String guestId = accountId(tablet);
            assertEquals(1, devices(guestId, database));

            Reply linked = tablet.post("/v1/auth/guest/link", Map.of("email", email, "password", PASSWORD));

            assertEquals(200, linked.status());
            assertEquals(0, devices(guestId, database));
        }

        private MobileClient signedUp(MobileClient phone) {
            phone.signUp(email, PASSWORD);
            assertEquals(200, phone.verify(email, app().mail().code()).status());
            return phone;
        }

        /** Guesses from one address after the other until the account's allowance is gone. */
        private void attack(MobileClient attacker, String at) {
            for (int i = 0; i < 100; i++) {
                assertEquals(401, signIn(attacker, address(i), at, WRONG).status());
            }
            assertEquals(429, signIn(attacker, address(100), at, WRONG).status());
        }

        private Reply refused(MobileClient phone, String address, String at) {
            for (int i = 0; i < 5; i++) {
                signIn(phone, address, at, WRONG);
            }
            Reply refused = signIn(phone, address, at, WRONG);
            assertEquals(429, refused.status());
            return refused;
        }

        private String address(int i) {
            return "10." + number + "." + i + ".1";
        }

        private List<Notice> newDevices() {
            return app().notices().stream()
                    .filter(notice -> notice.kind() == Notice.Kind.NEW_DEVICE
                            && notice.to().equals(email))
                    .toList();
        }

        private List<AuditEvent> entries(MobileClient phone, String type) {
            return app().auth().audit().newest(accountId(phone), Long.MAX_VALUE, 100).stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.type().equals(type))
                    .toList();
        }
    }

    private static Reply signIn(MobileClient phone, String address, String email, String password) {
        return phone.request("POST", "/v1/auth/sign-in")
                .anonymous()
                .header("X-Forwarded-For", address)
                .header("X-Forwarded-Proto", "https")
                .json(Map.of("email", email, "password", password))
                .send();
    }

    private static Reply open(MobileClient phone, String address, String link) {
        return phone.request("POST", "/v1/auth/link/sign-in")
                .anonymous()
                .header("X-Forwarded-For", address)
                .header("X-Forwarded-Proto", "https")
                .json(Map.of("token", link))
                .send();
    }

    private static String accountId(MobileClient phone) {
        Reply who = phone.get("/who");
        assertEquals(200, who.status());
        return who.json().asString();
    }

    private static int devices(String accountId, TestDatabase database) {
        return database.database()
                .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM mb_auth_devices WHERE account_id = :id")
                        .bind("id", accountId)
                        .mapTo(Integer.class)
                        .one());
    }

    private static String withoutId(Reply reply) {
        return reply.text().replaceAll("\"requestId\":\"[^\"]*\"", "");
    }
}
