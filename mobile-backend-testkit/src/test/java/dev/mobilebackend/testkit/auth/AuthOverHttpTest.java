// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import dev.mobilebackend.testkit.network.NetworkProxy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The auth endpoints as a phone sees them. */
class AuthOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Endpoints {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Endpoints {}

    abstract static class Endpoints extends OverHttp {

        private final String email = "ada" + COUNT.incrementAndGet() + "@example.org";

        @Test
        void aCodeFromTheMailSignsIn(MobileClient phone) {
            Reply signUp = phone.signUp(email.toUpperCase(), PASSWORD);

            assertEquals(202, signUp.status());
            assertEquals(email, app().mail().to());
            Reply verified = phone.verify(email, app().mail().code());

            assertEquals(200, verified.status());
            assertEquals("no-store", verified.header("Cache-Control").orElseThrow());
            JsonNode tokens = verified.json();
            assertEquals(
                    List.of("accessToken", "tokenType", "expiresIn", "refreshToken", "refreshExpiresIn", "sessionId"),
                    List.copyOf(tokens.propertyNames()));
            assertEquals("Bearer", tokens.get("tokenType").asString());
            assertEquals(30 * 24 * 3600, tokens.get("refreshExpiresIn").asLong());
            assertEquals(200, phone.get("/who").status());
        }

        @Test
        void noAccessTokenOutlivesTheEndOfItsSession(MobileClient phone, TestClock clock) {
            signedIn(phone);
            for (int refresh = 0; refresh < 6; refresh++) {
                clock.advance(Duration.ofDays(29));
                assertEquals(200, phone.refresh().status());
            }
            clock.advance(Duration.ofDays(6).minusSeconds(60));

            JsonNode last = phone.refresh().json();

            assertEquals(60, last.get("refreshExpiresIn").asLong());
            assertEquals(60, last.get("expiresIn").asLong());
            clock.advance(Duration.ofSeconds(65));
            assertEquals(401, phone.get("/who").status());
        }

        @Test
        void nobodyLearnsFromASignUpWhetherAnAddressIsKnown(MobileClient phone, MobileClient stranger) {
            Reply known = signedIn(phone).signUp(email, PASSWORD);
            Reply unknown = stranger.signUp("nobody-" + email, PASSWORD);
            Reply again = stranger.signUp(email, "the stranger's password");

            assertEquals(known.status(), unknown.status());
            assertArrayEquals(known.body(), unknown.body());
            assertEquals(known.headers().keySet(), unknown.headers().keySet());
            assertEquals(202, again.status());
            assertEquals(Notice.Kind.ALREADY_REGISTERED, app().mail().kind());
            assertEquals(401, stranger.signIn(email, "the stranger's password").status());
        }

        @Test
        void nobodyLearnsFromASignInWhetherAnAddressIsKnown(MobileClient phone, MobileClient stranger) {
            signedIn(phone);

            Reply known = stranger.signIn(email, "not the right password");
            Reply unknown = stranger.signIn("nobody-" + email, "not the right password");

            assertProblem(401, "wrong-credentials", known);
            assertEquals(withoutId(known), withoutId(unknown));
            assertEquals(known.headers().keySet(), unknown.headers().keySet());
        }

        @Test
        void aWrongCodeIsNamedAndTheRightOneStillTaken(MobileClient phone) {
            phone.signUp(email, PASSWORD);

            Reply wrong = phone.verify(email, "00000000");

            assertProblem(422, "wrong-code", wrong);
            assertEquals(Set.of("#/code"), pointers(wrong));
            assertEquals(200, phone.verify(email, app().mail().code()).status());
        }

        @Test
        void whoseAnswerToVerifyWasLostIsToldToSignIn(MobileClient phone) {
            phone.signUp(email, PASSWORD);
            String code = app().mail().code();
            phone.verify(email, code);

            Reply again = phone.verify(email, code);

            assertProblem(422, "wrong-code", again);
            assertEquals(
                    "sign in if it was taken before, or sign up again to be sent another one",
                    again.json().get("detail").asString());
            assertEquals(200, phone.signIn(email, PASSWORD).status());
        }

        @Test
        void aCodeIsNotTakenOnAnotherDevice(MobileClient phone, MobileClient stranger) {
            phone.signUp(email, PASSWORD);

            assertProblem(422, "wrong-code", stranger.verify(email, app().mail().code()));
        }

        @Test
        void guessingIsSlowedDown(MobileClient.Builder phones) {
            MobileClient stranger = phones.retry(RetryPolicy.NEVER).build();

            Reply last = stranger.signIn(email, PASSWORD);
            for (int i = 0; i < 5; i++) {
                last = stranger.signIn(email, PASSWORD);
            }

            assertProblem(429, "too-many-tries", last);
            assertTrue(last.header("Retry-After").isPresent());
        }

        @Test
        void theSameRefreshTokenGivesTheSameSuccessor(MobileClient phone, TestClock clock) {
            Tokens first = signedIn(phone).tokens().orElseThrow();
            String proof = proof(first);

            Reply once = refresh(phone, first, proof);
            clock.advance(Duration.ofDays(20));
            Reply twice = refresh(phone, first, proof);

            assertEquals(200, once.status());
            assertEquals(refreshToken(once), refreshToken(twice));
            assertNotEquals(first.refreshToken(), refreshToken(once));
        }

        @Test
        void aLostAnswerDoesNotSignOut(MobileClient phone, NetworkProxy network, TestClock clock) {
            Tokens before = signedIn(phone).tokens().orElseThrow();
            network.cutNextResponse();
            clock.advance(Duration.ofHours(5));

            assertEquals(200, phone.get("/who").status());

            assertNotEquals(before.refreshToken(), phone.tokens().orElseThrow().refreshToken());
            assertEquals(200, phone.refresh().status());
        }

        @Test
        void aLostAnswerDoesNotSignOutAPhoneWithoutProofs(
                MobileClient.Builder phones, NetworkProxy network, TestClock clock) {
            MobileClient phone = signedIn(phones.withoutProofs().build());
            network.cutNextResponse();
            clock.advance(Duration.ofHours(5));

            assertEquals(200, phone.get("/who").status());
            assertEquals(200, phone.refresh().status());
        }

        @Test
        void aRepeatedRefreshIsLoggedWhereNoProofTellsWhoRepeatsIt(
                MobileClient.Builder plainPhones, MobileClient phone) {
            Tokens plain =
                    signedIn(plainPhones.withoutProofs().build()).tokens().orElseThrow();
            Tokens proving = signedIn(phone, "proving-" + email).tokens().orElseThrow();

            Logged<Reply> first = logged(() -> refreshWithoutProof(phone, plain));
            Logged<Reply> again = logged(() -> refreshWithoutProof(phone, plain));
            refresh(phone, proving, proof(proving));
            Logged<Reply> proven = logged(() -> refresh(phone, proving, proof(proving)));

            assertEquals(200, again.answer().status());
            assertFalse(first.lines().contains(plain.sessionId()), first.lines());
            assertTrue(again.lines().contains("INFO"), again.lines());
            assertTrue(again.lines().contains(plain.sessionId()), again.lines());
            assertFalse(again.lines().contains(plain.refreshToken()), again.lines());
            assertFalse(proven.lines().contains(proving.sessionId()), proven.lines());
        }

        @ParameterizedTest
        @CsvSource({"sign-up, 120", "verify, 120", "sign-in, 120", "refresh, 600"})
        void whatStandsOpenHasALimitOfItsOwn(String endpoint, int permits, MobileClient phone) {
            Reply reply =
                    phone.request("POST", "/v1/auth/" + endpoint).json("{}").send();

            String policy = reply.header("RateLimit-Policy").orElse("none");
            assertTrue(policy.contains("\"auth-" + endpoint + "\""), policy);
            assertTrue(policy.contains("q=" + permits + ";w=60"), policy);
        }

        @Test
        void theListOfSessionsAnswersHead(MobileClient phone) {
            Reply head = signedIn(phone).request("HEAD", "/v1/auth/sessions").send();

            assertEquals(200, head.status());
            assertEquals(0, head.body().length);
        }

        @Test
        void manyRefreshesAtOnceGiveOneSuccessorAndLeaveOneRow(MobileClient phone, TestDatabase database) {
            Tokens tokens = signedIn(phone).tokens().orElseThrow();
            String proof = proof(tokens);

            List<Reply> replies = Race.of(8, () -> refresh(phone, tokens, proof));

            assertEquals(Set.of(200), replies.stream().map(Reply::status).collect(Collectors.toSet()));
            assertEquals(
                    1, replies.stream().map(Endpoints::refreshToken).distinct().count());
            assertEquals(List.of(1), database.database().withHandle(handle -> handle.createQuery(
                            "SELECT counter FROM mb_auth_sessions WHERE id = :id")
                    .bind("id", tokens.sessionId())
                    .mapTo(Integer.class)
                    .list()));
        }

        @Test
        void aReplayEndsTheStolenSessionAndNoOther(
                MobileClient phone, MobileClient tablet, MobileClient.Builder phones) {
            Tokens stolen = signedIn(phone).tokens().orElseThrow();
            tablet.signIn(email, PASSWORD);
            phone.refresh();
            phone.refresh();
            MobileClient thief = phones.tokens(stolen).build();

            Logged<Reply> refused = logged(thief::refresh);

            assertEquals(Notice.Kind.SESSION_REPLAYED, app().mail().kind());
            assertEquals(email, app().mail().to());
            assertProblem(401, "session-ended", refused.answer());
            assertEquals(Set.of("#/refreshToken"), pointers(refused.answer()));
            assertTrue(refused.lines().contains("WARN"), refused.lines());
            assertTrue(refused.lines().contains(stolen.sessionId()), refused.lines());
            assertFalse(refused.lines().contains(stolen.refreshToken()), refused.lines());
            assertProblem(401, "session-ended", phone.get("/who"));
            assertEquals(200, tablet.get("/who").status());
            assertEquals(200, tablet.refresh().status());
        }

        @Test
        void aCopyUsedAMomentLaterGetsNothingAndTheOwnerGoesOn(
                MobileClient phone, MobileClient.Builder phones, TestClock clock) {
            Tokens stolen = signedIn(phone).tokens().orElseThrow();
            phone.refresh();
            MobileClient thief = phones.tokens(stolen).retry(RetryPolicy.NEVER).build();

            Reply refused = thief.refresh();

            assertProblem(409, "refresh-retry", refused);
            assertEquals("1", refused.header("Retry-After").orElseThrow());
            assertEquals(200, phone.get("/who").status());
            clock.advance(Duration.ofSeconds(11));
            assertProblem(401, "session-ended", thief.refresh());
        }

        @Test
        void aProofThatIsMalformedOrMissingIsNamed(MobileClient phone) {
            Tokens tokens = signedIn(phone).tokens().orElseThrow();

            Reply malformed = refresh(phone, tokens, "abc");
            phone.refresh();
            Reply missing = phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .json(Map.of("refreshToken", phone.tokens().orElseThrow().refreshToken()))
                    .send();

            for (Reply reply : List.of(malformed, missing)) {
                assertProblem(400, "malformed-request", reply);
                assertEquals(Set.of("header:Refresh-Proof"), pointers(reply));
            }
            assertEquals(200, phone.refresh().status());
        }

        @Test
        void aTokenThatIsNotOursIsRefused(MobileClient phone) {
            Reply reply = phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .json(Map.of("refreshToken", "A".repeat(52)))
                    .send();

            assertProblem(401, "invalid-refresh-token", reply);
            assertEquals(Set.of("#/refreshToken"), pointers(reply));
        }

        @Test
        void anExpiredAccessTokenDoesNotStandInTheWayOfARefresh(MobileClient phone, TestClock clock) {
            Tokens tokens = signedIn(phone).tokens().orElseThrow();
            clock.advance(Duration.ofHours(1));

            Reply who = phone.request("GET", "/who")
                    .header("Authorization", "Bearer " + tokens.accessToken())
                    .send();
            Reply refreshed = phone.request("POST", "/v1/auth/refresh")
                    .header("Authorization", "Bearer " + tokens.accessToken())
                    .json(Map.of("refreshToken", tokens.refreshToken()))
                    .send();

            assertProblem(401, "token-expired", who);
            assertEquals(Set.of("header:Authorization"), pointers(who));
            assertEquals(200, refreshed.status());
        }

        @Test
        void signingOutEndsAccessAtOnce(MobileClient phone, MobileClient tablet) {
            Tokens tokens = signedIn(phone).tokens().orElseThrow();
            tablet.signIn(email, PASSWORD);

            assertEquals(204, phone.signOut().status());

            Reply who = phone.request("GET", "/who")
                    .header("Authorization", "Bearer " + tokens.accessToken())
                    .send();
            assertProblem(401, "session-ended", who);
            assertProblem(401, "session-ended", refresh(phone, tokens, proof(tokens)));
            assertEquals(200, tablet.get("/who").status());
        }

        @Test
        void signingOutTheOthersLeavesThisDevice(MobileClient phone, MobileClient tablet, MobileClient stranger) {
            signedIn(phone);
            tablet.signIn(email, PASSWORD);
            signedIn(stranger, "eve-" + email);

            Reply signedOut = phone.request("POST", "/v1/auth/sign-out/others").send();

            assertEquals(204, signedOut.status());
            assertEquals(200, phone.get("/who").status());
            assertProblem(401, "session-ended", tablet.get("/who"));
            assertEquals(200, stranger.get("/who").status());
            assertEquals(1, phone.get("/v1/auth/sessions").json().get("items").size());
        }

        @Test
        void signingOutAllLeavesNone(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            tablet.signIn(email, PASSWORD);

            assertEquals(
                    204, phone.request("POST", "/v1/auth/sign-out/all").send().status());

            assertProblem(401, "session-ended", phone.get("/who"));
            assertProblem(401, "session-ended", tablet.get("/who"));
        }

        @Test
        void theOwnerSeesAndEndsSessions(MobileClient phone, MobileClient.Builder tablets, MobileClient stranger) {
            signedIn(phone);
            MobileClient tablet = tablets.appVersion("2.1").build();
            Reply signIn = tablet.request("POST", "/v1/auth/sign-in")
                    .header("Device-Name", "Ada%E2%80%99s tablet")
                    .json(Map.of("email", email, "password", PASSWORD))
                    .send();
            String tabletId = signIn.json().get("sessionId").asString();

            JsonNode items = phone.get("/v1/auth/sessions").json().get("items");

            assertEquals(2, items.size());
            for (JsonNode item : items) {
                boolean isTablet = item.get("id").asString().equals(tabletId);
                assertEquals(!isTablet, item.get("current").asBoolean());
                assertEquals(isTablet ? "2.1" : "1.0.0", item.get("appVersion").asString());
                assertEquals(
                        isTablet ? "Ada’s tablet" : null,
                        item.get("deviceName").asStringOpt().orElse(null));
                assertEquals("Berlin, DE", item.get("place").asString());
                assertTrue(item.has("createdAt") && item.has("lastSeenAt"));
            }
            signedIn(stranger, "eve-" + email);
            assertProblem(404, "not-found", stranger.delete("/v1/auth/sessions/" + tabletId));
            assertEquals(204, phone.delete("/v1/auth/sessions/" + tabletId).status());
            assertEquals(204, phone.delete("/v1/auth/sessions/" + tabletId).status());
            assertEquals(1, phone.get("/v1/auth/sessions").json().get("items").size());
        }

        @Test
        void withoutATokenNothingOfTheOwnersIsSeen(MobileClient phone) {
            assertProblem(401, "unauthenticated", phone.get("/who"));
            assertProblem(401, "unauthenticated", phone.get("/v1/auth/sessions"));
            assertProblem(
                    401,
                    "unauthenticated",
                    phone.request("POST", "/v1/auth/sign-out").send());
            Reply forged = phone.request("GET", "/who")
                    .header("Authorization", "Bearer ey.ey.x")
                    .send();
            assertProblem(401, "token-invalid", forged);
            assertEquals(Set.of("header:Authorization"), pointers(forged));
            Reply basic = phone.request("GET", "/who")
                    .header("Authorization", "Basic YTpi")
                    .send();
            assertProblem(401, "unauthenticated", basic);
            assertEquals(Set.of("header:Authorization"), pointers(basic));
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                        /sign-up | {"email":"ada@example.org","password":"correct horse battery" | 400 |
                        /sign-up | {"email":"ada@example.org"}                                  | 422 | #/password
                        /sign-up | {"email":"ada","password":"correct horse battery"}           | 422 | #/email
                        /sign-up | {"email":"ada@example.org","password":"short"}               | 422 | #/password
                        /sign-up | {"email":1,"password":"correct horse battery","x":1}         | 422 | #/email #/x
                        /sign-in | {"email":"ada@example.org","password":true}                  | 422 | #/password
                        /verify  | {"email":"ada@example.org","code":123456}                    | 422 | #/code
                        /refresh | {"token":"x"}                                                | 422 | #/refreshToken #/token
                        /refresh | []                                                           | 422 | #
                        """)
        void aBodyThatDoesNotFitIsRefusedByField(
                String path, String body, int status, String pointers, MobileClient phone) {
            Reply reply = phone.request("POST", "/v1/auth" + path).json(body).send();

            assertEquals(status, reply.status(), reply.text());
            assertEquals(pointers == null ? Set.of() : Set.of(pointers.split(" ")), pointers(reply));
        }

        @Test
        void anotherMediaTypeThanJsonIsRefused(MobileClient phone) {
            Reply form = phone.request("POST", "/v1/auth/sign-in")
                    .body("application/x-www-form-urlencoded", "email=ada")
                    .send();
            Reply utf16 = phone.request("POST", "/v1/auth/sign-in")
                    .body("application/json; charset=utf-16", "{}")
                    .send();

            for (Reply reply : List.of(form, utf16)) {
                assertProblem(415, "unsupported-media-type", reply);
                assertEquals(Set.of("header:Content-Type"), pointers(reply));
            }
        }

        @Test
        void thePublicKeysMayBeKeptForAWhile(MobileClient phone) {
            Reply reply = phone.get("/.well-known/jwks.json");

            assertEquals(
                    "application/jwk-set+json", reply.header("Content-Type").orElseThrow());
            assertEquals("public, max-age=290", reply.header("Cache-Control").orElseThrow());
            assertEquals("ES256", reply.json().get("keys").get(0).get("alg").asString());
            assertFalse(reply.json().get("keys").get(0).has("d"));
        }

        @Test
        void whoHasThePublicKeysAlreadyGetsThemOnlyAfterARotation(MobileClient phone) {
            String tag = phone.get("/.well-known/jwks.json").header("ETag").orElseThrow();

            Reply unchanged = keysUnless(tag, phone);
            app().auth().keys().rotate();
            Reply rotated = keysUnless(tag, phone);

            assertEquals(304, unchanged.status());
            assertEquals(tag, unchanged.header("ETag").orElseThrow());
            assertEquals(
                    "public, max-age=290", unchanged.header("Cache-Control").orElseThrow());
            assertEquals(200, rotated.status());
            assertEquals(2, rotated.json().get("keys").size());
        }

        private Reply keysUnless(String tag, MobileClient phone) {
            return phone.request("GET", "/.well-known/jwks.json")
                    .header("If-None-Match", tag)
                    .send();
        }

        @Test
        void theDatabaseHoldsNothingThatOpensADoor(MobileClient phone, TestDatabase database) {
            phone.signUp(email, PASSWORD);
            String code = app().mail().code();
            String waiting = dump(database);
            phone.verify(email, code);
            Tokens tokens = phone.tokens().orElseThrow();
            phone.refresh();

            String dump = waiting + dump(database);

            assertTrue(dump.contains(email));
            for (String secret : List.of(
                    code, PASSWORD, tokens.refreshToken(), tokens.refreshToken().substring(28), tokens.accessToken())) {
                assertFalse(dump.contains(secret));
            }
        }

        private MobileClient signedIn(MobileClient phone) {
            return signedIn(phone, email);
        }

        private MobileClient signedIn(MobileClient phone, String address) {
            phone.signUp(address, PASSWORD);
            assertEquals(200, phone.verify(address, app().mail().code()).status());
            return phone;
        }

        private static Reply refresh(MobileClient phone, Tokens tokens, String proof) {
            return phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .header("Refresh-Proof", proof)
                    .json(Map.of("refreshToken", tokens.refreshToken()))
                    .send();
        }

        private static Reply refreshWithoutProof(MobileClient phone, Tokens tokens) {
            return phone.request("POST", "/v1/auth/refresh")
                    .anonymous()
                    .json(Map.of("refreshToken", tokens.refreshToken()))
                    .send();
        }

        /** An answer, and what was logged while it was waited for. */
        private record Logged<T>(T answer, String lines) {}

        private static <T> Logged<T> logged(Supplier<T> act) {
            PrintStream console = System.err;
            var lines = new ByteArrayOutputStream();
            System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
            try {
                T answer = act.get();
                return new Logged<>(answer, lines.toString(StandardCharsets.UTF_8));
            } finally {
                System.setErr(console);
            }
        }

        /** Any 32 bytes will do for a proof, as long as they are the same each time. */
        private static String proof(Tokens tokens) {
            return tokens.refreshToken().substring(0, 43);
        }

        private static String refreshToken(Reply reply) {
            return reply.json().get("refreshToken").asString();
        }

        private static Set<String> pointers(Reply reply) {
            JsonNode errors = reply.json().path("errors");
            return errors.valueStream()
                    .map(error -> error.has("header")
                            ? "header:" + error.get("header").asString()
                            : error.get("pointer").asString())
                    .collect(Collectors.toSet());
        }

        private static String withoutId(Reply reply) {
            return reply.text().replaceAll("\"requestId\":\"[^\"]*\"", "");
        }

        private static String dump(TestDatabase database) {
            return database.database()
                    .withHandle(handle -> List.of(
                                    "mb_auth_accounts",
                                    "mb_auth_codes",
                                    "mb_auth_code_sends",
                                    "mb_auth_sessions",
                                    "mb_auth_keys")
                            .stream()
                            .map(table -> handle.createQuery("SELECT * FROM " + table)
                                    .mapToMap()
                                    .list()
                                    .toString())
                            .collect(Collectors.joining()));
        }
    }
}
