// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mobilebackend.auth.access.Attribute;
import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.clock.TestClock;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Staff in the place of an account. */
class ImpersonationOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String REASON = "ticket 4711: the order list is empty";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Flows {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Flows {}

    @Test
    void aPolicyThatMakesNoSenseFailsAtTheStart() {
        ImpersonationPolicy policy = ImpersonationPolicy.by(Access.role("support"));

        assertThrows(IllegalArgumentException.class, () -> policy.lasting(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> policy.scopes("two words"));
    }

    abstract static class Flows extends OverHttp {

        private final String staffEmail = "sam" + COUNT.incrementAndGet() + "@example.org";
        private MobileClient phone;
        private String owner;
        private MobileClient desk;
        private String staff;

        @BeforeEach
        void signIn(MobileClient owners, MobileClient staffs) {
            phone = owners;
            owner = signUp(phone, "own-" + staffEmail);
            desk = staffs;
            staff = signUp(desk, staffEmail);
            grant(staff, "support");
            desk.refresh();
        }

        @Test
        void staffActInThePlaceOfAnAccount() throws ParseException {
            Reply begun = begin(owner, "  " + REASON + "\n");

            assertEquals(200, begun.status(), begun::toString);
            assertEquals(
                    Set.of("accessToken", "tokenType", "expiresIn"),
                    Set.copyOf(begun.json().propertyNames()));
            assertTrue(begun.json().get("expiresIn").asInt() <= 300, begun::toString);
            assertEquals(
                    owner, as(token(begun), desk.request("GET", "/who")).json().asString());
            JWTClaimsSet claims = claims(token(begun));
            assertEquals(Map.of("sub", staff), claims.getJSONObjectClaim("act"));
            assertEquals(desk.tokens().orElseThrow().sessionId(), claims.getStringClaim("sid"));
            assertEquals(List.of(), claims.getStringListClaim("roles"));
            assertEquals("look", claims.getStringClaim("scope"));
            assertFalse(claims.getClaims().containsKey("auth_time"));
        }

        @Test
        void eachTimeIsOnTheRecordWithItsReason() {
            begin(owner, "  " + REASON + "\n");

            AuditEvent event = newest(AuditEvents.IMPERSONATED);
            assertEquals(owner, event.accountId());
            assertEquals(staff, event.actorId());
            assertEquals(desk.tokens().orElseThrow().sessionId(), event.sessionId());
            assertEquals(REASON, event.details().get("reason"));
            assertTrue(event.details().containsKey("requestId"), event::toString);
        }

        @Test
        void whoeverHasNotTheRoleMayNot() {
            Reply reply = phone.post("/v1/auth/impersonation", Map.of("accountId", staff, "reason", REASON));

            assertProblem(403, "forbidden", reply);
        }

        @Test
        void staffHaveToShowFirstWhoTheyAre(TestClock clock) {
            clock.advance(Duration.ofMinutes(6));

            assertProblem(401, "step-up-required", begin(owner, REASON));

            desk.stepUp(Map.of("password", PASSWORD));
            assertEquals(200, begin(owner, REASON).status());
        }

        @Test
        void nobodyClimbs() {
            grant(owner, "admin");

            Reply climbing = begin(owner, REASON);

            assertProblem(404, "not-found", climbing);
            for (String other : List.of(staff, "AAAAAAAAAAAAAAAAAAAAAA", "", "'", "a".repeat(1_000))) {
                assertEquals(withoutId(climbing), withoutId(begin(other, REASON)));
            }
            assertFalse(recorded(AuditEvents.IMPERSONATED, owner));
        }

        @Test
        void nobodyActsInTheirOwnPlace() {
            app().auth().accounts().tryRevokeRole(staff, "support", Instant.EPOCH);

            assertProblem(404, "not-found", begin(staff, REASON));
        }

        @Test
        void staffInThePlaceOfAnotherActInNobodyElsesPlace(MobileClient tablet) {
            String another = signUp(tablet, "other-" + staffEmail);
            String token = token(begin(owner, REASON));

            Reply chained = as(
                    token,
                    desk.request("POST", "/v1/auth/impersonation")
                            .json(Map.of("accountId", another, "reason", REASON)));

            assertProblem(403, "not-in-person", chained);
        }

        @Test
        void noEndpointOfAuthServesAnybodyInThePlaceOfAnother() {
            String token = token(begin(owner, REASON));
            List<Route> signedIn =
                    routes(app().auth()).stream().filter(Route::needsCaller).toList();

            for (Route route : signedIn) {
                Reply reply = as(
                        token,
                        desk.request(route.method().name(), route.template().replaceAll("\\{[a-z]+}", "a")));

                assertProblem(403, "not-in-person", reply);
            }
            assertTrue(signedIn.size() >= 15, signedIn::toString);
        }

        @Test
        void aRouteThatAsksForAStepUpServesTheOwnerAlone() {
            String token = token(begin(owner, REASON));

            assertEquals(200, phone.get("/recent").status());
            assertProblem(403, "not-in-person", as(token, desk.request("GET", "/recent")));
        }

        @Test
        void anAccountWithoutAPasswordIsNotDeletedInItsOwnersPlace(MobileClient guest) {
            guest.signInBy("/v1/auth/guest", Map.of());
            String id = guest.get("/who").json().asString();
            String token = token(begin(id, REASON));

            Reply deletion = as(token, desk.request("DELETE", "/who").json(Map.of()));

            assertProblem(403, "not-in-person", deletion);
            assertEquals(200, guest.get("/who").status());
        }

        @Test
        void itEndsWithTheSessionOfTheStaff() {
            String token = token(begin(owner, REASON));
            desk.signOut();

            assertProblem(401, "session-ended", as(token, desk.request("GET", "/who")));
            assertEquals(200, phone.get("/who").status());
        }

        @Test
        void itEndsByItself(TestClock clock) {
            String token = token(begin(owner, REASON));
            clock.advance(Duration.ofSeconds(306));

            assertProblem(401, "token-expired", as(token, desk.request("GET", "/who")));
        }

        @Test
        void staffWhoseSessionAnotherInstanceEndedGetNoToken(TestClock clock) {
            app().endElsewhere(desk.tokens().orElseThrow().sessionId(), clock.instant());

            Reply reply = as(
                    desk.tokens().orElseThrow().accessToken(),
                    desk.request("POST", "/v1/auth/impersonation").json(Map.of("accountId", owner, "reason", REASON)));

            assertProblem(401, "session-ended", reply);
        }

        @Test
        void unlessItIsChosenThereIsNoSuchEndpoint() {
            try (Auth without = Auth.builder(app().database(), ServerSecret.of(new byte[32]), (handle, notice) -> {})
                    .build()) {
                assertTrue(templates(app().auth()).contains("/v1/auth/impersonation"));
                assertFalse(templates(without).contains("/v1/auth/impersonation"));
            }
        }

        @Test
        void everybodyMayNotBeChosen() {
            Auth.Builder auth = Auth.builder(app().database(), ServerSecret.of(new byte[32]), (handle, notice) -> {})
                    .impersonation(ImpersonationPolicy.by(Attribute.of("a name", exchange -> true)));

            var refused = assertThrows(IllegalArgumentException.class, auth::build);

            assertTrue(refused.getMessage().contains("Attribute[a name]"), refused::getMessage);
        }

        @Test
        void whoeverGivesTheTokenUpEndsTheSessionOfTheStaff() {
            String token = token(begin(owner, REASON));

            Reply givenUp = phone.request("POST", "/v1/auth/revoke")
                    .anonymous()
                    .body("application/x-www-form-urlencoded", ("token=" + token).getBytes(StandardCharsets.US_ASCII))
                    .send();

            assertEquals(200, givenUp.status(), givenUp::toString);
            assertProblem(401, "session-ended", as(token, desk.request("GET", "/who")));
            assertEquals(200, phone.get("/who").status());
        }

        @Test
        void aReasonIsAskedFor() {
            for (String reason : List.of("", "  \t ", "a\u0000b", "a\nb", "a".repeat(501))) {
                Reply reply = begin(owner, reason);

                assertProblem(422, "invalid-input", reply);
                assertEquals(
                        "#/reason",
                        reply.json().get("errors").get(0).get("pointer").asString());
            }
            assertFalse(recorded(AuditEvents.IMPERSONATED, owner));
        }

        @Test
        void theKeyOfTheStaffsSessionBindsTheToken(TestClock clock) throws ParseException {
            var key = new HardwareKey();
            Reply signedIn = desk.request("POST", "/v1/auth/sign-in")
                    .anonymous()
                    .header("DPoP", key.proof("POST", "/v1/auth/sign-in", clock.instant()))
                    .json(Map.of("email", staffEmail, "password", PASSWORD))
                    .send();
            String own = token(signedIn);

            Reply begun = desk.request("POST", "/v1/auth/impersonation")
                    .header("Authorization", "DPoP " + own)
                    .header("DPoP", key.proof("POST", "/v1/auth/impersonation", clock.instant(), own))
                    .json(Map.of("accountId", owner, "reason", REASON))
                    .send();

            assertEquals("DPoP", begun.json().get("tokenType").asString(), begun::toString);
            assertEquals(Map.of("jkt", key.thumbprint()), claims(token(begun)).getJSONObjectClaim("cnf"));
            assertProblem(401, "token-invalid", as(token(begun), desk.request("GET", "/who")));
        }

        private String signUp(MobileClient client, String address) {
            client.signUp(address, PASSWORD);
            assertEquals(200, client.verify(address, app().mail().code()).status());
            return client.get("/who").json().asString();
        }

        private void grant(String accountId, String role) {
            app().auth().accounts().tryGrantRole(accountId, role, Instant.EPOCH);
        }

        private Reply begin(String accountId, String reason) {
            return desk.post("/v1/auth/impersonation", Map.of("accountId", accountId, "reason", reason));
        }

        private static List<String> templates(Auth auth) {
            return routes(auth).stream().map(Route::template).toList();
        }

        private static List<Route> routes(Auth auth) {
            var routes = new Routes();
            auth.routes().accept(routes);
            return routes.build().routes();
        }

        private static Reply as(String token, Call call) {
            return call.header("Authorization", "Bearer " + token).send();
        }

        private boolean recorded(String type, String accountId) {
            return app().auth().audit().newest(accountId, Long.MAX_VALUE, 50).stream()
                    .anyMatch(entry -> entry.event().type().equals(type));
        }

        private static String token(Reply reply) {
            return reply.json().get("accessToken").asString();
        }

        private static JWTClaimsSet claims(String token) throws ParseException {
            return SignedJWT.parse(token).getJWTClaimsSet();
        }

        private static String withoutId(Reply reply) {
            return reply.text().replaceAll("\"requestId\":\"[^\"]*\"", "");
        }
    }
}
