// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.AccountListener;
import dev.mobilebackend.auth.account.AccountParts;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.CodePolicy;
import dev.mobilebackend.auth.account.CodeRequest;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.InMemoryAccountStore;
import dev.mobilebackend.auth.account.InMemoryCodeStore;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.OneTimeCodes;
import dev.mobilebackend.auth.account.PendingCode;
import dev.mobilebackend.auth.account.Purpose;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.InMemoryAuditStore;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.password.PasswordPolicy;
import dev.mobilebackend.auth.password.PasswordRules;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An attacker who has every row of the database and this source, and not the server secret. Each thing that is tried
 * works for the same attacker with the secret, so what stops them is the secret and not a mistake of theirs.
 */
class StolenDumpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final ServerSecret GUESS =
            ServerSecret.of("a secret that somebody guesses at".getBytes(StandardCharsets.US_ASCII));
    private static final String STEP_UP_ORIGIN = "session of its owner";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    class FromH2 extends Attacks {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    @Nested
    class FromPostgres extends Attacks {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::postgres, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    abstract static class Attacks {

        private final long number = COUNT.incrementAndGet();
        private final String email = "cleo" + number + "@example.org";
        private final List<Notice> owed = new ArrayList<>();
        private MobileClient owner;
        private MobileClient guest;
        private String accountId;
        private Tokens tokens;
        private List<Map<String, Object>> dump;

        abstract AuthApp app();

        /**
         * An account and a guest with a session each, and a code under way for every purpose, by mail and text message.
         */
        @BeforeEach
        void steal(MobileClient owner, MobileClient guest, TestDatabase database, TestClock clock) {
            this.owner = owner;
            this.guest = guest;
            owner.signUp(email, PASSWORD);
            owner.verify(email, app().mail().code());
            tokens = owner.tokens().orElseThrow();
            accountId = owner.get("/who").text().replace("\"", "");
            owner.post("/v1/auth/phone/change", Map.of("phone", phone(1), "password", PASSWORD));
            owner.post("/v1/auth/phone/confirm", Map.of("code", text(newest(), SECRET)));
            owner.signUp("new-" + email, PASSWORD);
            owed.add(newest());
            for (String path : List.of("password/forgot", "code/send", "link/send")) {
                owner.post("/v1/auth/" + path, Map.of("email", email));
                owed.add(newest());
            }
            owner.post("/v1/auth/code/send", Map.of("phone", phone(1)));
            owed.add(newest());
            owner.post("/v1/auth/phone/change", Map.of("phone", phone(2), "password", PASSWORD));
            owed.add(newest());
            owner.post("/v1/auth/address/change", Map.of("email", "other-" + email, "password", PASSWORD));
            owed.add(newest());
            guest.signInBy("/v1/auth/guest", Map.of());
            guest.post("/v1/auth/guest/upgrade", Map.of("email", "guest-" + email, "password", PASSWORD));
            owed.add(newest());
            var stepUp = new CodeRequest(Purpose.STEP_UP, accountId, STEP_UP_ORIGIN, new EmailAddress(email));
            app().auth().codes().tryIssue(stepUp, clock.instant());
            owed.add(newest());
            assertEquals(
                    Set.of(Purpose.values()).size(),
                    Set.copyOf(database.database()
                                    .withHandle(handle -> handle.createQuery("SELECT purpose FROM mb_auth_codes")
                                            .mapTo(String.class)
                                            .list()))
                            .size());
            dump = dump(database.database());
        }

        private String phone(int which) {
            return "+49" + which + "0" + (1_000_000 + number);
        }

        /** The newest one that carries a code; word of a change to the owner does not. */
        private Notice newest() {
            return app().notices().stream()
                    .filter(notice -> app().auth()
                            .accounts()
                            .message(notice)
                            .filter(message -> message.code() != null)
                            .isPresent())
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void noRowHoldsWhatOpensADoor() {
            List<String> doors = Stream.concat(
                            owed.stream().map(notice -> text(notice, SECRET)),
                            Stream.of(
                                    PASSWORD,
                                    tokens.accessToken(),
                                    tokens.refreshToken(),
                                    tokens.refreshToken().substring(28)))
                    .toList();

            for (Object cell : cells()) {
                String text = text(cell);
                doors.forEach(door -> assertFalse(text.contains(door), () -> "a row holds " + door));
            }
            assertTrue(dump.toString().contains(email));
        }

        /** As an application's jobs keep them until they are sent. */
        @Test
        void theMessagesThatAreOwedStandInTheDump() {
            String cells = cells().stream().map(Attacks::text).collect(Collectors.joining("\n"));

            owed.forEach(notice -> assertTrue(
                    cells.lines().anyMatch(cell -> cell.contains("\"kind\"") && cell.contains(notice.seed())),
                    notice::toString));
        }

        @Test
        void noRowIsTheSecretThatYieldsCodesAndTokens() {
            List<String> real =
                    owed.stream().map(notice -> text(notice, SECRET)).toList();
            for (ServerSecret guess : guesses()) {
                List<String> computed =
                        owed.stream().map(notice -> text(notice, guess)).toList();
                for (int i = 0; i < real.size(); i++) {
                    assertNotEquals(real.get(i), computed.get(i));
                }
                assertNotEquals(tokens.refreshToken(), refreshToken(guess));
            }
            assertEquals(tokens.refreshToken(), refreshToken(SECRET));
        }

        @Test
        void noRowOpensASealedKey(TestDatabase database) {
            for (ServerSecret guess : guesses()) {
                KeyStore keys = JdbiKeyStore.of(database.database(), guess);
                assertThrows(RuntimeException.class, keys::all);
            }
            assertFalse(JdbiKeyStore.of(database.database(), SECRET).all().isEmpty());
        }

        @Test
        void noCodeIsVerified(MobileClient.Builder phones) {
            assertEquals(422, verify(phones.build(), GUESS).status());
            assertEquals(422, reset(phones.build(), GUESS).status());
            assertEquals(422, signIn(phones.build(), GUESS).status());
            assertEquals(422, link(phones.build(), GUESS).status());

            // On the owner's own phone only the secret is missing.
            assertEquals(422, link(ownersPhone(phones), GUESS).status());
            assertEquals(200, link(ownersPhone(phones), SECRET).status());
            assertEquals(422, signIn(ownersPhone(phones), GUESS).status());
            assertEquals(200, signIn(ownersPhone(phones), SECRET).status());
            assertEquals(422, verify(ownersPhone(phones), GUESS).status());
            assertEquals(200, verify(ownersPhone(phones), SECRET).status());
            assertEquals(422, signInByText(ownersPhone(phones), GUESS).status());
            assertEquals(200, signInByText(ownersPhone(phones), SECRET).status());
            assertEquals(422, reset(ownersPhone(phones), GUESS).status());
            assertEquals(204, reset(ownersPhone(phones), SECRET).status());
        }

        @Test
        void noCodeForAnotherPhoneIsVerified() {
            assertEquals(422, confirm(owner, "phone/confirm", 5, GUESS).status());
            assertEquals(200, confirm(owner, "phone/confirm", 5, SECRET).status());
        }

        @Test
        void noCodeForAnotherAddressIsVerified() {
            assertEquals(422, confirm(owner, "address/confirm", 6, GUESS).status());
            assertEquals(200, confirm(owner, "address/confirm", 6, SECRET).status());
        }

        @Test
        void noCodeOfAGuestOrAStepUpIsVerified(TestClock clock) {
            assertEquals(422, confirm(guest, "guest/verify", 7, GUESS).status());
            assertEquals(200, confirm(guest, "guest/verify", 7, SECRET).status());
            assertTrue(stepUp(GUESS, clock).isEmpty());
            assertTrue(stepUp(SECRET, clock).isPresent());
        }

        @Test
        void noSessionIsMinted(MobileClient phone) {
            assertEquals(401, refresh(phone, refreshToken(GUESS)).status());
            assertEquals(200, refresh(phone, refreshToken(SECRET)).status());
        }

        @Test
        void noAccessTokenIsMinted(MobileClient phone, TestDatabase database, TestClock clock) {
            String forged = accessToken(new InMemoryKeyStore(), clock);
            String real = accessToken(JdbiKeyStore.of(database.database(), SECRET), clock);

            assertEquals(401, who(phone, forged).status());
            assertEquals(200, who(phone, real).status());
        }

        private static List<Map<String, Object>> dump(Database database) {
            return database.withHandle(handle -> {
                var rows = new ArrayList<Map<String, Object>>();
                for (String table : handle.createQuery("SELECT table_name FROM information_schema.tables "
                                + "WHERE table_schema IN ('public', 'PUBLIC')")
                        .mapTo(String.class)
                        .list()) {
                    rows.addAll(handle.createQuery("SELECT * FROM " + table)
                            .mapToMap()
                            .list());
                }
                return rows;
            });
        }

        private List<Object> cells() {
            return dump.stream()
                    .flatMap(row -> row.values().stream())
                    .filter(cell -> cell != null)
                    .toList();
        }

        /** Every cell in place of the secret, and one that nobody keeps. */
        private List<ServerSecret> guesses() {
            var guesses = new ArrayList<>(List.of(GUESS));
            for (Object cell : cells()) {
                byte[] bytes = cell instanceof byte[] raw ? raw : text(cell).getBytes(StandardCharsets.UTF_8);
                guesses.add(ServerSecret.of(sha256(bytes)));
                if (bytes.length >= 32) {
                    guesses.add(ServerSecret.of(bytes));
                }
            }
            return guesses;
        }

        private static String text(Object cell) {
            return cell instanceof byte[] raw ? new String(raw, StandardCharsets.ISO_8859_1) : cell.toString();
        }

        private static byte[] sha256(byte[] bytes) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(bytes);
            } catch (NoSuchAlgorithmException missing) {
                throw new AssertionError(missing);
            }
        }

        /** What stands in the message of a notice, as the source computes it. */
        private static String text(Notice notice, ServerSecret secret) {
            var random = new SecureRandom();
            var parts = new AccountParts(
                    new InMemoryAccountStore(new InMemorySessionStore()),
                    new OneTimeCodes(CodePolicy.standard(), new InMemoryCodeStore(owed -> {}), secret, random),
                    Passwords.of(HashingPolicy.standard()),
                    new PasswordRules(PasswordPolicy.standard()),
                    sessions(secret, random),
                    new AuditTrail(new InMemoryAuditStore(), secret, random),
                    owed -> {},
                    AccountListener.NONE,
                    random);
            return new Accounts(parts).message(notice).orElseThrow().code();
        }

        /** The first refresh token of the stolen session, as the source computes it. */
        private String refreshToken(ServerSecret secret) {
            byte[] id = Base64.getUrlDecoder().decode(tokens.sessionId());
            var sameId = new SecureRandom() {
                @Override
                public void nextBytes(byte[] bytes) {
                    System.arraycopy(id, 0, bytes, 0, bytes.length);
                }
            };
            return sessions(secret, sameId)
                    .open("any", Device.UNKNOWN, Set.of(), Instant.EPOCH)
                    .token()
                    .text();
        }

        private static Sessions sessions(ServerSecret secret, SecureRandom random) {
            return new Sessions(
                    SessionPolicy.standard(), new InMemorySessionStore(), new Revocations(), secret, random);
        }

        private String accessToken(KeyStore keys, InstantSource clock) {
            KeyRing ring = KeyRing.builder(keys).clock(clock).build();
            return AccessTokens.builder(AccessTokenPolicy.of("mobile-backend", "mobile-backend"), ring)
                    .clock(clock)
                    .build()
                    .issue(new Caller("any account", tokens.sessionId(), Set.of("admin")))
                    .token();
        }

        private MobileClient ownersPhone(MobileClient.Builder phones) {
            return phones.deviceId(device()).build();
        }

        /** The dump tells which device asked. */
        private String device() {
            return dump.stream()
                    .filter(row -> row.containsValue(email))
                    .flatMap(row -> row.values().stream())
                    .filter(cell -> cell != null && text(cell).startsWith("device "))
                    .map(Attacks::text)
                    .findFirst()
                    .orElseThrow()
                    .substring("device ".length());
        }

        private Reply verify(MobileClient phone, ServerSecret secret) {
            return phone.verify("new-" + email, text(owed.get(0), secret));
        }

        private Reply reset(MobileClient phone, ServerSecret secret) {
            return phone.post(
                    "/v1/auth/password/reset",
                    Map.of("email", email, "code", text(owed.get(1), secret), "password", "the attacker's password"));
        }

        private Reply signIn(MobileClient phone, ServerSecret secret) {
            return phone.post("/v1/auth/code/sign-in", Map.of("email", email, "code", text(owed.get(2), secret)));
        }

        private Reply link(MobileClient phone, ServerSecret secret) {
            return phone.post("/v1/auth/link/sign-in", Map.of("token", text(owed.get(3), secret)));
        }

        private Reply signInByText(MobileClient phone, ServerSecret secret) {
            return phone.post("/v1/auth/code/sign-in", Map.of("phone", phone(1), "code", text(owed.get(4), secret)));
        }

        private Reply confirm(MobileClient phone, String endpoint, int which, ServerSecret secret) {
            return phone.post("/v1/auth/" + endpoint, Map.of("code", text(owed.get(which), secret)));
        }

        private Optional<PendingCode> stepUp(ServerSecret secret, InstantSource clock) {
            return app().auth()
                    .codes()
                    .redeem(Purpose.STEP_UP, accountId, STEP_UP_ORIGIN, text(owed.get(8), secret), clock.instant());
        }

        private static Reply refresh(MobileClient phone, String token) {
            return phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .json(Map.of("refreshToken", token))
                    .send();
        }

        private static Reply who(MobileClient phone, String token) {
            return phone.request("GET", "/who")
                    .header("Authorization", "Bearer " + token)
                    .send();
        }
    }
}
