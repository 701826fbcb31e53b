// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Message;
import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What requests leave behind in the audit trail. */
class AuditOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Requests {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Requests {}

    abstract static class Requests extends OverHttp {

        private final String email = "grace" + COUNT.incrementAndGet() + "@example.org";

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
            assertEquals("127.0.0.1", event.details().get("client"));
        }

        @Test
        void aRefreshThatIsRepeatedWithoutAProofIsRecorded(MobileClient phone) {
            signUp(phone);
            Tokens first = phone.tokens().orElseThrow();
            refresh(phone, first).send();
            long before = end();

            refresh(phone, first).send();

            assertEquals(List.of(AuditEvents.PLAIN_REPEAT), since(before));
            assertEquals(first.sessionId(), newest(AuditEvents.PLAIN_REPEAT).sessionId());
        }

        @Test
        void aRefreshByAnotherKeyIsRecorded(MobileClient phone, TestClock clock) {
            signUp(phone);
            JsonNode bound = phone.request("POST", "/v1/auth/sign-in")
                    .header("DPoP", new HardwareKey().proof("POST", "/v1/auth/sign-in", clock.instant()))
                    .json(Map.of("email", email, "password", PASSWORD))
                    .send()
                    .json();
            long before = end();

            phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .header("DPoP", new HardwareKey().proof("POST", "/v1/auth/refresh", clock.instant()))
                    .json(Map.of("refreshToken", bound.get("refreshToken").asString()))
                    .send();

            assertEquals(List.of(AuditEvents.WRONG_KEY), since(before));
        }

        @Test
        void aTokenThatIsGivenUpIsRecordedOnce(MobileClient phone, MobileClient tablet) {
            signUp(phone);
            tablet.signIn(email, PASSWORD);
            long before = end();

            for (String token : List.of(
                    phone.tokens().orElseThrow().refreshToken(),
                    phone.tokens().orElseThrow().refreshToken(),
                    tablet.tokens().orElseThrow().accessToken(),
                    tablet.tokens().orElseThrow().accessToken(),
                    "nonsense")) {
                phone.request("POST", "/v1/auth/revoke")
                        .anonymous()
                        .body("application/x-www-form-urlencoded", "token=" + token)
                        .send();
            }

            assertEquals(List.of(AuditEvents.SIGNED_OUT, AuditEvents.SIGNED_OUT), since(before));
            assertEquals(
                    tablet.tokens().orElseThrow().sessionId(),
                    newest(AuditEvents.SIGNED_OUT).sessionId());
        }

        @Test
        void theEndOfAGuestsSessionIsRecorded(MobileClient phone) {
            phone.signInBy("/v1/auth/guest", Map.of());
            String session = phone.tokens().orElseThrow().sessionId();
            phone.post("/v1/auth/guest/upgrade", Map.of("email", email, "password", PASSWORD));
            long before = end();

            phone.signInBy("/v1/auth/guest/verify", Map.of("code", app().mail().code()));

            assertEquals(
                    List.of(AuditEvents.GUEST_UPGRADED, AuditEvents.SIGNED_IN, AuditEvents.SIGNED_OUT), since(before));
            assertEquals(session, newest(AuditEvents.SIGNED_OUT).sessionId());
            assertEquals(session, newest(AuditEvents.GUEST_UPGRADED).sessionId());
        }

        @Test
        void whatChangesAnAccountSaysWhereItCameFrom(MobileClient phone) {
            signUp(phone);
            phone.post(
                    "/v1/auth/password/change", Map.of("currentPassword", PASSWORD, "newPassword", "an other phrase"));
            phone.post("/v1/auth/address/change", Map.of("email", "new-" + email, "password", "an other phrase"));
            phone.post("/v1/auth/address/confirm", Map.of("code", code()));
            phone.post("/v1/auth/password/forgot", Map.of("email", "new-" + email));
            phone.post(
                    "/v1/auth/password/reset",
                    Map.of("email", "new-" + email, "code", code(), "password", "a third one of mine"));

            for (String type : List.of(
                    AuditEvents.ACCOUNT_CREATED,
                    AuditEvents.PASSWORD_CHANGED,
                    AuditEvents.CONTACT_CHANGED,
                    AuditEvents.PASSWORD_RESET)) {
                AuditEvent event = newest(type);
                assertEquals(
                        Set.of("client", "requestId", "deviceId"),
                        event.details().keySet(),
                        type);
            }
            assertEquals(
                    phone.tokens().orElseThrow().sessionId(),
                    newest(AuditEvents.CONTACT_CHANGED).sessionId());
        }

        @Test
        void aWrongTryOfWhoHasSignedInIsOfTheirAccountAndGoesWithIt(MobileClient phone) {
            signUp(phone);
            String account = account(phone);

            delete(phone, "not the right password");
            phone.post("/v1/auth/address/confirm", Map.of("code", "00000000"));
            List<AuditEvent> failed = app().auth().audit().newest(account, Long.MAX_VALUE, 2).stream()
                    .map(AuditEntry::event)
                    .toList();
            delete(phone, PASSWORD);

            for (AuditEvent event : failed) {
                assertEquals(AuditEvents.CONFIRMATION_FAILED, event.type());
                assertEquals(account, event.actorId());
                assertEquals(phone.tokens().orElseThrow().sessionId(), event.sessionId());
            }
            AuditEvent deleted = newest(AuditEvents.ACCOUNT_DELETED);
            assertEquals(Set.of("requestId"), deleted.details().keySet());
            assertEquals(phone.tokens().orElseThrow().sessionId(), deleted.sessionId());
            for (AuditEntry entry : app().auth().audit().newest(null, Long.MAX_VALUE, 20)) {
                if (account.equals(entry.event().accountId())) {
                    assertFalse(entry.event().details().containsKey("deviceId"), entry::toString);
                }
            }
        }

        @Test
        void aGuestWhoGoesOverToAnAccountLeavesNoDetails(MobileClient owner, MobileClient phone) {
            signUp(owner);
            phone.signInBy("/v1/auth/guest", Map.of());
            String guest = account(phone);

            phone.signInBy("/v1/auth/guest/link", Map.of("email", email, "password", PASSWORD));

            assertEquals(account(owner), account(phone));
            List<AuditEntry> left = app().auth().audit().newest(guest, Long.MAX_VALUE, 100);
            assertEquals(AuditEvents.GUEST_MERGED, left.get(1).event().type());
            assertEquals(
                    Set.of("into", "requestId"), left.get(1).event().details().keySet());
            for (AuditEntry entry : left.subList(2, left.size())) {
                assertEquals(Map.of(), entry.event().details(), entry::toString);
            }
            assertInstanceOf(Whole.class, app().auth().audit().verify());
        }

        @Test
        void rolesAndAccountsThatAServiceMakesAreRecorded() {
            Accounts accounts = app().auth().accounts();
            Account made = accounts.tryCreate(
                            EmailAddress.parse(email), PASSWORD.toCharArray(), Set.of("support"), Instant.EPOCH)
                    .orElseThrow();
            accounts.tryGrantRole(made.id(), "admin", Instant.EPOCH);

            assertEquals(
                    Map.of("by", "service", "roles", "support"),
                    newest(AuditEvents.ACCOUNT_CREATED).details());
            assertEquals(made.id(), newest(AuditEvents.ROLE_GRANTED).accountId());
            assertEquals(
                    Map.of("role", "admin"), newest(AuditEvents.ROLE_GRANTED).details());
            accounts.tryRevokeRole(made.id(), "admin", Instant.EPOCH);
            assertEquals(made.id(), newest(AuditEvents.ROLE_REVOKED).accountId());
        }

        @Test
        void keysThatAreMadeAndEndedAreRecorded() {
            KeyRing keys = app().auth().keys();
            String leaked = keys.current().id();
            long before = end();

            keys.end(leaked);

            assertEquals(List.of(AuditEvents.KEY_MADE, AuditEvents.KEY_REMOVED), since(before));
            assertEquals(leaked, newest(AuditEvents.KEY_REMOVED).details().get("key"));
        }

        @Test
        void theTrailBeginsWithTheApplicationAndIsWhole() {
            assertEquals(
                    AuditEvents.TRAIL_BEGUN,
                    app().auth().audit().newest(null, 2, 1).get(0).event().type());
            assertInstanceOf(Whole.class, app().auth().audit().verify());
        }

        @Test
        void aDeletedAccountLeavesNoDetailsAndAWholeChain(MobileClient phone) {
            signUp(phone);
            String account = account(phone);

            Accounts accounts = app().auth().accounts();
            assertTrue(accounts.delete(
                    accounts.find(account).orElseThrow(),
                    newest(AuditEvents.SIGNED_IN).at()));

            assertInstanceOf(Whole.class, app().auth().audit().verify());
            List<AuditEntry> left = app().auth().audit().newest(account, Long.MAX_VALUE, 100);
            assertEquals(AuditEvents.ACCOUNT_DELETED, left.get(1).event().type());
            for (AuditEntry entry : left) {
                assertFalse(entry.event().details().containsKey("client"), entry::toString);
            }
            assertEquals(
                    1,
                    left.stream()
                            .filter(entry -> entry.event().type().equals(AuditEvents.ERASED))
                            .count());
        }

        /** The newest code; word to the old address may have come after it. */
        private String code() {
            return app().notices().stream()
                    .flatMap(notice -> app().auth().accounts().message(notice).stream())
                    .map(Message::code)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
        }

        private static Call refresh(MobileClient phone, Tokens tokens) {
            return phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .json(Map.of("refreshToken", tokens.refreshToken()));
        }

        private static void delete(MobileClient phone, String password) {
            phone.request("DELETE", "/who").json(Map.of("password", password)).send();
        }

        private long end() {
            return app().auth().audit().head().number();
        }

        /** What was recorded after an entry, the first one first. */
        private List<String> since(long number) {
            return app().auth().audit().newest(null, Long.MAX_VALUE, 50).stream()
                    .filter(entry -> entry.number() > number)
                    .sorted(Comparator.comparing(AuditEntry::number))
                    .map(entry -> entry.event().type())
                    .toList();
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
    }
}
