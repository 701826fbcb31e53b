// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What requests leave behind in the audit trail. */
class AuditOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    class OnH2 extends Requests {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    @Nested
    class OnPostgres extends Requests {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::postgres, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    abstract static class Requests {

        private final String email = "grace" + COUNT.incrementAndGet() + "@example.org";

        abstract AuthApp app();

        @Test
        void aSignInIsRecordedWithWhereItCameFrom(MobileClient phone) {
            signUp(phone);

            AuditEvent event = newest(AuditEvents.SIGNED_IN);

            assertEquals(account(phone), event.accountId());
            assertEquals(phone.tokens().orElseThrow().sessionId(), event.sessionId());
            assertEquals("pwd", event.details().get("methods"));
            assertEquals("127.0.0.1", event.details().get("client"));
            assertTrue(event.details().containsKey("requestId"), event::toString);
        }

        @Test
        void aFailedSignInTellsNeitherTheAddressNorThePassword(MobileClient phone, MobileClient stranger) {
            signUp(phone);
            stranger.signIn(email, "not the right password");
            AuditEvent known = newest(AuditEvents.SIGN_IN_FAILED);
            stranger.signIn("nobody-" + email, "not the right password");
            AuditEvent unknown = newest(AuditEvents.SIGN_IN_FAILED);

            assertNull(known.accountId());
            assertEquals("password", known.details().get("tried"));
            assertEquals(known.details().keySet(), unknown.details().keySet());
            assertNotEquals(known.details().get("subject"), unknown.details().get("subject"));
            assertFalse(known.toString().contains("grace"), known::toString);
            assertFalse(known.toString().contains("not the right"), known::toString);
        }

        @Test
        void triesAtOneAccountHaveOneSubject(MobileClient stranger) {
            stranger.signIn(email, "not the right password");
            AuditEvent first = newest(AuditEvents.SIGN_IN_FAILED);
            stranger.signIn(email, "nor is this one right");

            assertEquals(
                    first.details().get("subject"),
                    newest(AuditEvents.SIGN_IN_FAILED).details().get("subject"));
        }

        @Test
        void aSignOutIsRecorded(MobileClient phone) {
            signUp(phone);
            String session = phone.tokens().orElseThrow().sessionId();

            phone.signOut();

            assertEquals(session, newest(AuditEvents.SIGNED_OUT).sessionId());
        }

        @Test
        void aSessionThatItsOwnerEndedIsNamedAndTheOneThatEndedIt(MobileClient phone, MobileClient tablet) {
            signUp(phone);
            tablet.signIn(email, PASSWORD);
            String ended = tablet.tokens().orElseThrow().sessionId();

            phone.delete("/v1/auth/sessions/" + ended);

            AuditEvent event = newest(AuditEvents.SESSION_ENDED);
            assertEquals(ended, event.details().get("ended"));
            assertEquals(phone.tokens().orElseThrow().sessionId(), event.sessionId());
        }

        @Test
        void aSessionOfSomebodyElseLeavesNothing(MobileClient phone, MobileClient stranger) {
            signUp(phone);
            String session = phone.tokens().orElseThrow().sessionId();
            signUp(stranger, "eve-" + email);
            long before = app().auth().audit().head().number();

            assertEquals(404, stranger.delete("/v1/auth/sessions/" + session).status());

            assertEquals(before, app().auth().audit().head().number());
        }

        @Test
        void eachOfTheOthersThatIsSignedOutIsRecorded(MobileClient phone, MobileClient tablet) {
            signUp(phone);
            tablet.signIn(email, PASSWORD);

            phone.post("/v1/auth/sign-out/others", Map.of());

            assertEquals(
                    tablet.tokens().orElseThrow().sessionId(),
                    newest(AuditEvents.SESSION_ENDED).details().get("ended"));
        }

        @Test
        void aCopiedTokenIsRecordedWithItsSession(MobileClient phone, MobileClient thief, TestClock clock) {
            signUp(phone);
            Tokens copied = phone.tokens().orElseThrow();
            phone.refresh();
            phone.refresh();
            clock.advance(Duration.ofMinutes(1));

            thief.post("/v1/auth/refresh", Map.of("refreshToken", copied.refreshToken()));

            AuditEvent event = newest(AuditEvents.TOKEN_REPLAYED);
            assertEquals(copied.sessionId(), event.sessionId());
            assertNull(event.actorId());
        }

        @Test
        void aDeletedAccountLeavesNoDetailsAndAWholeChain(MobileClient phone) {
            signUp(phone);
            String account = account(phone);

            assertTrue(app().auth()
                    .accounts()
                    .delete(account, newest(AuditEvents.SIGNED_IN).at()));

            assertInstanceOf(Whole.class, app().auth().audit().verify());
            List<AuditEntry> left = app().auth().audit().newest(account, Long.MAX_VALUE, 100);
            assertEquals(AuditEvents.ACCOUNT_DELETED, left.get(0).event().type());
            for (AuditEntry entry : left) {
                assertFalse(entry.event().details().containsKey("client"), entry::toString);
            }
            assertEquals(
                    1,
                    left.stream()
                            .filter(entry -> entry.event().type().equals(AuditEvents.ERASED))
                            .count());
        }

        private void signUp(MobileClient phone) {
            signUp(phone, email);
        }

        private void signUp(MobileClient phone, String address) {
            phone.signUp(address, PASSWORD);
            assertEquals(200, phone.verify(address, app().mail().code()).status());
        }

        private static String account(MobileClient phone) {
            return phone.get("/who").json().asString();
        }

        private AuditEvent newest(String type) {
            return app().auth().audit().newest(null, Long.MAX_VALUE, 50).stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.type().equals(type))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
