// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Showing once more who is at the device, by the endpoint that a {@link StepUp} sends apps to. */
class StepUpOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Flows {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Flows {}

    abstract static class Flows extends OverHttp {

        private final long number = COUNT.incrementAndGet();
        private final String email = "cyd" + number + "@example.org";
        private final String number49 = "+4931" + (1_000_000 + number);

        @Test
        void thePasswordShowsOnceMoreWhoIsThere(MobileClient phone, TestClock clock) throws ParseException {
            signedInLongAgo(phone, clock);
            assertProblem(401, "step-up-required", phone.get("/recent"));

            Reply steppedUp = phone.stepUp(Map.of("password", PASSWORD));

            assertEquals(200, steppedUp.status(), steppedUp::toString);
            assertEquals(
                    Set.of("accessToken", "tokenType", "expiresIn"),
                    Set.copyOf(steppedUp.json().propertyNames()));
            assertEquals(200, phone.get("/recent").status());
            assertEquals(List.of("pwd"), claims(phone).getStringListClaim("amr"));
            assertEquals(clock.instant().getEpochSecond(), claims(phone).getLongClaim("auth_time"));
        }

        @Test
        void theRefreshTokenStaysAndWhatItGivesKnowsOfTheStepUp(MobileClient phone, TestClock clock)
                throws ParseException {
            signedInLongAgo(phone, clock);
            Tokens before = phone.tokens().orElseThrow();
            phone.stepUp(Map.of("password", PASSWORD));
            long shown = clock.instant().getEpochSecond();
            clock.advance(Duration.ofMinutes(1));

            assertEquals(before.refreshToken(), phone.tokens().orElseThrow().refreshToken());
            assertEquals(200, phone.refresh().status());

            assertEquals(200, phone.get("/recent").status());
            assertEquals(shown, claims(phone).getLongClaim("auth_time"));
        }

        @Test
        void aCodeByMailIsOneMoreWay(MobileClient phone, TestClock clock) throws ParseException {
            signedInLongAgo(phone, clock);

            assertEquals(202, ask(phone, Map.of()).status());
            assertEquals(Notice.Kind.STEP_UP_CODE, app().mail().kind());
            Reply steppedUp = phone.stepUp(Map.of("code", app().mail().code()));

            assertEquals(200, steppedUp.status(), steppedUp::toString);
            assertEquals(200, phone.get("/recent").status());
            assertEquals(List.of("otp"), claims(phone).getStringListClaim("amr"));
        }

        @Test
        void theMethodThatARefusalNamesIsTheOneToAskFor(MobileClient phone) {
            signedIn(phone);
            givePhone(phone);
            Reply refused = phone.get("/by-text");
            assertProblem(401, "step-up-required", refused);
            String method = refused.json().get("methods").get(0).asString();

            ask(phone, Map.of("method", method));
            assertEquals(number49, app().mail().to());
            assertEquals(200, phone.stepUp(Map.of("code", app().mail().code())).status());

            assertEquals(200, phone.get("/by-text").status());
        }

        @Test
        void aMethodThatTheAccountDoesNotHaveIsNamed(MobileClient phone) {
            signedIn(phone);

            for (String method : List.of("sms", "hwk", "pwd", "")) {
                Reply reply = ask(phone, Map.of("method", method));

                assertProblem(422, "invalid-input", reply);
                assertEquals(
                        "#/method",
                        reply.json().get("errors").get(0).get("pointer").asString());
            }
        }

        @Test
        void aWrongPasswordShowsNothingAndIsOnTheRecord(MobileClient phone, TestClock clock) {
            signedInLongAgo(phone, clock);

            Reply wrong = phone.stepUp(Map.of("password", "not the right one"));

            assertProblem(422, "wrong-password", wrong);
            assertProblem(401, "step-up-required", phone.get("/recent"));
            assertEquals(
                    "password",
                    newest(AuditEvents.CONFIRMATION_FAILED).details().get("tried"));
        }

        @Test
        void aPasswordCannotBeGuessedHere(MobileClient.Builder phones) {
            MobileClient phone = signedIn(phones.retry(RetryPolicy.NEVER).build());
            for (int i = 0; i < 5; i++) {
                assertProblem(422, "wrong-password", phone.stepUp(Map.of("password", "guess number " + i)));
            }

            assertProblem(429, "too-many-tries", phone.stepUp(Map.of("password", PASSWORD)));
        }

        @Test
        void aCodeCannotBeGuessedHere(MobileClient.Builder phones) {
            MobileClient phone = signedIn(phones.retry(RetryPolicy.NEVER).build());
            ask(phone, Map.of());
            String code = app().mail().code();
            for (int i = 0; i < 5; i++) {
                assertProblem(422, "wrong-code", phone.stepUp(Map.of("code", wrong(code))));
            }

            assertProblem(429, "too-many-tries", phone.stepUp(Map.of("code", code)));
        }

        @Test
        void aCodeIsTakenOnce(MobileClient phone) {
            signedIn(phone);
            ask(phone, Map.of());
            Map<String, String> body = Map.of("code", app().mail().code());

            assertEquals(200, phone.stepUp(body).status());

            assertProblem(422, "wrong-code", phone.stepUp(body));
        }

        @Test
        void aCodeIsTakenInTheSessionThatAskedForIt(MobileClient phone, MobileClient tablet) {
            signedIn(phone);
            assertEquals(200, tablet.signIn(email, PASSWORD).status());
            ask(phone, Map.of());
            Map<String, String> body = Map.of("code", app().mail().code());

            assertProblem(422, "wrong-code", tablet.stepUp(body));

            assertEquals(200, phone.stepUp(body).status());
        }

        @Test
        void aCodeForAnotherPurposeIsNotTaken(MobileClient phone) {
            signedIn(phone);
            phone.post("/v1/auth/password/forgot", Map.of("email", email));

            assertProblem(
                    422, "wrong-code", phone.stepUp(Map.of("code", app().mail().code())));
        }

        @Test
        void aCodeThatWentToAnAddressOfBeforeIsNotTaken(MobileClient phone, MobileClient thief) {
            signedIn(phone);
            assertEquals(200, thief.signIn(email, PASSWORD).status());
            ask(thief, Map.of());
            String code = app().mail().code();
            phone.post("/v1/auth/address/change", Map.of("email", "new-" + email, "password", PASSWORD));
            String confirmation = app().notices().stream()
                    .filter(notice -> notice.kind() == Notice.Kind.NEW_CONTACT_CODE)
                    .findFirst()
                    .flatMap(app().auth().accounts()::message)
                    .orElseThrow()
                    .code();
            assertEquals(
                    200,
                    phone.post("/v1/auth/address/confirm", Map.of("code", confirmation))
                            .status());

            assertProblem(422, "wrong-code", thief.stepUp(Map.of("code", code)));
        }

        @Test
        void anAccountWithoutAPasswordIsNotShownByAnyPassword(MobileClient phone, TestClock clock) {
            assertEquals(201, phone.signInBy("/v1/auth/guest", Map.of()).status());
            clock.advance(Duration.ofMinutes(6));

            assertProblem(422, "wrong-password", phone.stepUp(Map.of("password", "")));
            assertProblem(422, "wrong-password", phone.stepUp(Map.of("password", PASSWORD)));

            assertProblem(409, "conflict", ask(phone, Map.of()));
            assertProblem(401, "step-up-required", phone.get("/recent"));
        }

        @Test
        void oneProofIsAskedForAndNotTwo(MobileClient phone) {
            signedIn(phone);

            assertProblem(422, "invalid-input", phone.stepUp(Map.of()));
            assertProblem(422, "invalid-input", phone.stepUp(Map.of("password", PASSWORD, "code", "00000000")));
        }

        @Test
        void anAccountIsSentSixCodesAnHour(MobileClient.Builder phones) {
            MobileClient phone = signedIn(phones.retry(RetryPolicy.NEVER).build());
            for (int i = 0; i < 6; i++) {
                assertEquals(202, ask(phone, Map.of()).status());
            }

            assertProblem(429, "too-many-codes", ask(phone, Map.of()));
        }

        @Test
        void aStepUpIsOnTheRecordWithItsMethodAndItsSession(MobileClient phone) {
            signedIn(phone);
            String session = phone.tokens().orElseThrow().sessionId();

            phone.stepUp(Map.of("password", PASSWORD));

            AuditEvent event = newest(AuditEvents.STEPPED_UP);
            assertEquals("pwd", event.details().get("methods"));
            assertEquals(session, event.sessionId());
            assertEquals(event.accountId(), event.actorId());
        }

        @Test
        void whoHasSignedOutShowsNothing(MobileClient phone) {
            signedIn(phone);
            String token = phone.tokens().orElseThrow().accessToken();
            phone.signOut();

            Reply reply = phone.request("POST", "/v1/auth/step-up")
                    .header("Authorization", "Bearer " + token)
                    .json(Map.of("password", PASSWORD))
                    .send();

            assertProblem(401, "session-ended", reply);
        }

        @Test
        void aSessionThatAnotherInstanceEndedIsNotSteppedUp(MobileClient phone, TestClock clock) {
            signedIn(phone);
            Tokens tokens = phone.tokens().orElseThrow();
            app().endElsewhere(tokens.sessionId(), clock.instant());

            Reply reply = phone.request("POST", "/v1/auth/step-up")
                    .header("Authorization", "Bearer " + tokens.accessToken())
                    .json(Map.of("password", PASSWORD))
                    .send();

            assertProblem(401, "session-ended", reply);
        }

        @Test
        void theSessionsKeyBindsTheNewTokenToo(MobileClient phone, TestClock clock) throws ParseException {
            var key = new HardwareKey();
            signedIn(phone);
            Reply signedIn = phone.request("POST", "/v1/auth/sign-in")
                    .anonymous()
                    .header("DPoP", key.proof("POST", "/v1/auth/sign-in", clock.instant()))
                    .json(Map.of("email", email, "password", PASSWORD))
                    .send();
            String token = signedIn.json().get("accessToken").asString();

            Reply steppedUp = phone.request("POST", "/v1/auth/step-up")
                    .header("Authorization", "DPoP " + token)
                    .header("DPoP", key.proof("POST", "/v1/auth/step-up", clock.instant(), token))
                    .json(Map.of("password", PASSWORD))
                    .send();

            assertEquals("DPoP", steppedUp.json().get("tokenType").asString(), steppedUp::toString);
            assertEquals(
                    Map.of("jkt", key.thumbprint()),
                    claims(steppedUp.json().get("accessToken").asString()).getJSONObjectClaim("cnf"));
        }

        @Test
        void theApplicationSaysAtEachTokenWhatItMayBeUsedFor(MobileClient phone) throws ParseException {
            try {
                app().scopes(Set.of("orders:read", "orders:write"));
                signedIn(phone);
                assertEquals("orders:read orders:write", claims(phone).getStringClaim("scope"));

                app().scopes(Set.of("orders:read"));
                phone.refresh();
                assertEquals("orders:read", claims(phone).getStringClaim("scope"));

                app().scopes(Set.of());
                phone.stepUp(Map.of("password", PASSWORD));
                assertFalse(claims(phone).getClaims().containsKey("scope"));
            } finally {
                app().scopes(Set.of());
            }
        }

        @Test
        void scopesThatNoRouteCanAskForGetIntoNoTokenAndLeaveNoSession(MobileClient.Builder phones, TestClock clock)
                throws ParseException {
            MobileClient phone = signedIn(phones.retry(RetryPolicy.NEVER).build());
            try {
                app().scopes(Set.of("orders:read admin"));
                assertEquals(500, phone.signIn(email, PASSWORD).status());

                app().scopes(null);
                assertEquals(500, phone.signIn(email, PASSWORD).status());
            } finally {
                app().scopes(Set.of());
            }

            String account = claims(phone).getSubject();
            var sessions = app().auth().sessions().ofAccount(account, clock.instant());
            assertEquals(1, sessions.size(), "no session is left that nobody holds");
        }

        private MobileClient signedIn(MobileClient phone) {
            phone.signUp(email, PASSWORD);
            assertEquals(200, phone.verify(email, app().mail().code()).status());
            return phone;
        }

        private void signedInLongAgo(MobileClient phone, TestClock clock) {
            signedIn(phone);
            clock.advance(Duration.ofMinutes(6));
        }

        private void givePhone(MobileClient phone) {
            phone.post("/v1/auth/phone/change", Map.of("phone", number49, "password", PASSWORD));
            String code = app().notices().stream()
                    .filter(notice -> notice.to().equals(number49))
                    .findFirst()
                    .flatMap(app().auth().accounts()::message)
                    .orElseThrow()
                    .code();
            assertEquals(
                    200,
                    phone.post("/v1/auth/phone/confirm", Map.of("code", code)).status());
        }

        private static Reply ask(MobileClient phone, Map<String, String> body) {
            return phone.post("/v1/auth/step-up/code", body);
        }

        private static String wrong(String code) {
            String other = (code.charAt(0) == '0' ? '1' : '0') + code.substring(1);
            assertNotEquals(code, other);
            return other;
        }

        private static JWTClaimsSet claims(MobileClient phone) throws ParseException {
            return claims(phone.tokens().orElseThrow().accessToken());
        }

        private static JWTClaimsSet claims(String token) throws ParseException {
            return SignedJWT.parse(token).getJWTClaimsSet();
        }
    }
}
