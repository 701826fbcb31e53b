// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.MobileBackendTest;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.contract.Race;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * To check a password takes a while, in which its owner may have set another one so that the old counts no more. Here
 * the owner does so while a request that the old one began stands between two of its statements.
 */
class ChangedMeanwhileTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER = "another long password";
    private static final String THIRD = "a third password of mine";
    private static final String PASSWORD_READ = "password_hash";
    private static final String CODE_CHECKED = "attempts_left = attempts_left - 1";
    private static final String CODE_USED = "DELETE FROM mb_auth_codes";
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    @MobileBackendTest(value = AuthApp.class, database = Dialect.H2)
    class OnH2 extends Races {}

    @Nested
    @MobileBackendTest(AuthApp.class)
    class OnPostgres extends Races {}

    abstract static class Races extends OverHttp {

        private final String email = "mia" + COUNT.incrementAndGet() + "@example.org";
        private final AtomicBoolean done = new AtomicBoolean();
        private TestDatabase database;
        private MobileClient owner;
        private MobileClient thief;

        @BeforeEach
        void signUp(TestDatabase database, MobileClient owner, MobileClient.Builder thieves) {
            this.database = database;
            this.owner = owner;
            thief = thieves.retry(RetryPolicy.NEVER).build();
            owner.signUp(email, PASSWORD);
            assertEquals(200, owner.verify(email, app().mail().code()).status());
        }

        @AfterEach
        void nothingIsLeftToDo() {
            database.database().jdbi().setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
            assertTrue(done.get(), "no request came to the statement");
        }

        @Test
        void aSignInUnderWayEndsWithAReset() {
            String code = forgot();
            meanwhile(PASSWORD_READ, () -> reset(code));

            assertProblem(401, "wrong-credentials", thief.signIn(email, PASSWORD));

            assertEquals(200, owner.signIn(email, OTHER).status());
            assertEquals(1, devices(owner));
        }

        @Test
        void aSignInUnderWayEndsWithAChangeOfThePassword() {
            meanwhile(PASSWORD_READ, () -> change(owner, OTHER));

            assertProblem(401, "wrong-credentials", thief.signIn(email, PASSWORD));

            assertEquals(1, devices(owner));
        }

        @Test
        void aSignInUnderWayEndsWithTheAccount() {
            meanwhile(PASSWORD_READ, () -> assertEquals(204, delete(owner).status()));

            assertProblem(401, "wrong-credentials", thief.signIn(email, PASSWORD));
        }

        @Test
        void aSignInGoesOnWhereAnotherHashesTheSamePasswordAnewAndTheAccountIsRenamed() {
            var store = JdbiAccountStore.of(database.database());
            var account = store.credentials(new EmailAddress(email)).orElseThrow();
            meanwhile(
                    PASSWORD_READ,
                    () -> Race.of(1, () -> {
                        String id = account.account().id();
                        assertTrue(store.replacePasswordHash(id, account.passwordHash(), account.passwordHash()));
                        return store.rename(id, 1, "Mia").orElseThrow();
                    }));

            assertEquals(200, thief.signIn(email, PASSWORD).status());
        }

        @Test
        void aRoleThatIsTakenAwayMeanwhileIsInNoToken() {
            var store = JdbiAccountStore.of(database.database());
            String id = store.credentials(new EmailAddress(email))
                    .orElseThrow()
                    .account()
                    .id();
            store.grantRole(id, "admin");
            meanwhile(PASSWORD_READ, () -> store.revokeRole(id, "admin"));

            assertEquals(200, thief.signIn(email, PASSWORD).status());

            String token = thief.tokens().orElseThrow().accessToken();
            String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
            assertFalse(claims.contains("admin"), claims);
        }

        @Test
        void aCodeUnderWayEndsWithAReset() {
            thief.post("/v1/auth/code/send", Map.of("email", email));
            String signIn = app().mail().code();
            String code = forgot();
            meanwhile(CODE_CHECKED, () -> reset(code));

            Reply refused = thief.signInBy("/v1/auth/code/sign-in", Map.of("email", email, "code", signIn));

            assertProblem(422, "wrong-code", refused);
        }

        @Test
        void aLinkUnderWayEndsWithAReset() {
            thief.post("/v1/auth/link/send", Map.of("email", email));
            String token = app().mail().code();
            String code = forgot();
            meanwhile("WHERE seed = :seed AND purpose", () -> reset(code));

            assertProblem(422, "wrong-code", thief.signInBy("/v1/auth/link/sign-in", Map.of("token", token)));
        }

        @Test
        void aCodeThatIsUsedOpensNoSessionOfAnAccountThatIsReachedElsewhereMeanwhile() {
            thief.post("/v1/auth/code/send", Map.of("email", email));
            String signIn = app().mail().code();
            owner.post("/v1/auth/address/change", Map.of("email", "new-" + email, "password", PASSWORD));
            String confirm = code(Notice.Kind.NEW_CONTACT_CODE);
            meanwhile(
                    CODE_USED,
                    () -> assertEquals(
                            200,
                            owner.post("/v1/auth/address/confirm", Map.of("code", confirm))
                                    .status()));

            Reply refused = thief.signInBy("/v1/auth/code/sign-in", Map.of("email", email, "code", signIn));

            assertProblem(401, "wrong-credentials", refused);
        }

        @Test
        void aChangeOfThePasswordUnderWayEndsWithAnother() {
            thief.signIn(email, PASSWORD);
            meanwhile(PASSWORD_READ, () -> change(owner, OTHER));

            Reply refused =
                    thief.post("/v1/auth/password/change", Map.of("currentPassword", PASSWORD, "newPassword", THIRD));

            assertProblem(422, "wrong-password", refused);
            assertEquals(200, owner.signIn(email, OTHER).status());
        }

        @Test
        void anotherAddressIsNotAskedForWithAPasswordThatCountsNoMore() {
            thief.signIn(email, PASSWORD);
            meanwhile(PASSWORD_READ, 2, () -> change(owner, OTHER));

            Reply refused =
                    thief.post("/v1/auth/address/change", Map.of("email", "eve-" + email, "password", PASSWORD));

            assertProblem(422, "wrong-password", refused);
            assertEquals(Notice.Kind.PASSWORD_CHANGED, app().notices().get(0).kind());
        }

        @Test
        void anotherAddressDoesNotCountOnceThePasswordWasChanged() {
            thief.signIn(email, PASSWORD);
            thief.post("/v1/auth/address/change", Map.of("email", "eve-" + email, "password", PASSWORD));
            String confirm = code(Notice.Kind.NEW_CONTACT_CODE);
            meanwhile(CODE_CHECKED, () -> change(owner, OTHER));

            assertProblem(422, "wrong-code", thief.post("/v1/auth/address/confirm", Map.of("code", confirm)));

            assertEquals(200, owner.signIn(email, OTHER).status());
        }

        @Test
        void aSessionIsNotSteppedUpWithAPasswordThatCountsNoMore() {
            String token = owner.tokens().orElseThrow().accessToken();
            meanwhile(PASSWORD_READ, () -> change(owner, OTHER));

            Reply refused = thief.request("POST", "/v1/auth/step-up")
                    .header("Authorization", "Bearer " + token)
                    .json(Map.of("password", PASSWORD))
                    .send();

            assertProblem(422, "wrong-password", refused);
        }

        @Test
        void nothingIsDeletedWithAPasswordThatCountsNoMore() {
            thief.signIn(email, PASSWORD);
            meanwhile(PASSWORD_READ, 2, () -> change(owner, OTHER));

            assertEquals(409, delete(thief).status());

            assertEquals(200, owner.signIn(email, OTHER).status());
        }

        @Test
        void aGuestDoesNotGoOverToAnAccountWhosePasswordCountsNoMore() {
            thief.signInBy("/v1/auth/guest", Map.of());
            String guest = thief.get("/who").text();
            meanwhile(PASSWORD_READ, () -> change(owner, OTHER));

            Reply refused = thief.signInBy("/v1/auth/guest/link", Map.of("email", email, "password", PASSWORD));

            assertProblem(422, "wrong-password", refused);
            assertEquals(guest, thief.get("/who").text());
            assertFalse(app().ended().toString().contains(guest.replace("\"", "")));
        }

        /** Does something once, when the next statement with this in it has been executed. */
        private void meanwhile(String statement, Runnable action) {
            meanwhile(statement, 1, action);
        }

        /** The same when it has been executed so many times: whether there is a password is read before it is checked. */
        private void meanwhile(String statement, int times, Runnable action) {
            var left = new AtomicInteger(times);
            database.database().jdbi().setSqlLogger(new SqlLogger() {
                @Override
                public void logAfterExecution(StatementContext context) {
                    if (context.getRenderedSql().contains(statement)
                            && left.decrementAndGet() == 0
                            && done.compareAndSet(false, true)) {
                        action.run();
                    }
                }
            });
        }

        private static int devices(MobileClient phone) {
            return phone.get("/v1/auth/sessions").json().get("items").size();
        }

        private String forgot() {
            owner.post("/v1/auth/password/forgot", Map.of("email", email));
            return app().mail().code();
        }

        private void reset(String code) {
            Reply reset =
                    owner.post("/v1/auth/password/reset", Map.of("email", email, "code", code, "password", OTHER));
            assertEquals(204, reset.status(), reset::toString);
        }

        private static void change(MobileClient phone, String password) {
            Reply changed = phone.post(
                    "/v1/auth/password/change", Map.of("currentPassword", PASSWORD, "newPassword", password));
            assertEquals(204, changed.status(), changed::toString);
        }

        private static Reply delete(MobileClient phone) {
            return phone.request("DELETE", "/who")
                    .json(Map.of("password", PASSWORD))
                    .send();
        }

        private String code(Notice.Kind kind) {
            Notice newest = app().notices().stream()
                    .filter(notice -> notice.kind() == kind)
                    .findFirst()
                    .orElseThrow();
            return app().auth().accounts().message(newest).orElseThrow().code();
        }
    }
}
