// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.session.Presenter;
import dev.mobilebackend.auth.session.RefreshDecision;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Refreshes of one session that meet each other, or its end, at the same moment. */
@Timeout(120)
class RefreshRaceTest {

    private static final String PASSWORD = "correct horse battery";
    private static final byte[] INSTALL_SECRET = "of one install of the app".getBytes(StandardCharsets.US_ASCII);
    private static final int PAIRS = 40;
    private static final AtomicLong COUNT = new AtomicLong();

    @Nested
    class OnH2 extends Races {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    @Nested
    class OnPostgres extends Races {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::postgres, APP);

        @Override
        AuthApp app() {
            return APP;
        }

        @Test
        void aRefreshThatWaitsForASignOutGetsNothing() throws Exception {
            Tokens tokens = signedIn();
            String accountId = who(tokens.accessToken()).json().asString();
            var refresh = new FutureTask<>(() -> refresh(tokens.refreshToken(), true));

            app().database().useTransaction(handle -> {
                sessions().tryEnd(accountId, tokens.sessionId(), Revocation.Reason.SIGNED_OUT, clock.instant());
                new Thread(refresh).start();
                awaitWaiting(handle);
            });

            assertEquals(401, refresh.get().status());
            assertEquals(0, refreshes(tokens));
        }

        @Test
        void aSignOutThatWaitsForARefreshEndsWhatThatHasMade() throws Exception {
            Tokens tokens = signedIn();
            var successor = new AtomicReference<String>();
            var signOut = new FutureTask<>(() -> signOut(tokens));

            app().database().useTransaction(handle -> {
                var proof = Presenter.of(RotationProof.of(INSTALL_SECRET, tokens.refreshToken()));
                RefreshDecision decision = sessions().refresh(tokens.refreshToken(), proof, clock.instant());
                successor.set(((RefreshDecision.Rotated) decision).token().text());
                new Thread(signOut).start();
                awaitWaiting(handle);
            });

            assertEquals(204, signOut.get().status());
            assertEquals(401, refresh(successor.get(), true).status());
            assertEquals(401, refresh(tokens.refreshToken(), true).status());
            assertEquals(1, refreshes(tokens));
        }

        private Sessions sessions() {
            return app().auth().sessions();
        }

        /** Returns once somebody waits for what this transaction has changed. */
        private static void awaitWaiting(Handle handle) {
            boolean waiting = false;
            while (!waiting) {
                waiting = handle.createQuery("SELECT COUNT(*) FROM pg_locks "
                                        + "WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")
                                .mapTo(Integer.class)
                                .one()
                        > 0;
            }
        }
    }

    abstract static class Races {

        private final String email = "mia" + COUNT.incrementAndGet() + "@example.org";
        MobileClient phone;
        TestClock clock;

        abstract AuthApp app();

        @BeforeEach
        void signUp(MobileClient.Builder phones, TestClock testClock) {
            phone = phones.retry(RetryPolicy.NEVER).build();
            clock = testClock;
            phone.signUp(email, PASSWORD);
            assertEquals(200, phone.verify(email, app().mail().code()).status());
        }

        @Test
        void whateverRefreshesGotNothingOfTheSessionIsGoodAfterItsEnd() {
            for (int pair = 0; pair < PAIRS; pair++) {
                Tokens tokens = signedIn();
                boolean all = pair % 2 == 0;

                List<Reply> answers = race(List.of(
                        () -> refresh(tokens.refreshToken(), true),
                        () -> all ? signOutAll(tokens) : signOut(tokens),
                        () -> refresh(tokens.refreshToken(), true)));

                assertEquals(
                        List.of(204),
                        answers.stream()
                                .map(Reply::status)
                                .filter(status -> status != 200 && status != 401)
                                .toList());
                for (String accessToken : withThose("accessToken", tokens.accessToken(), answers)) {
                    assertEquals(401, who(accessToken).status());
                }
                for (String refreshToken : withThose("refreshToken", tokens.refreshToken(), answers)) {
                    assertEquals(401, refresh(refreshToken, true).status());
                }
            }
        }

        @Test
        void twoProcessesOfOneAppThatShareItsStoreStaySignedIn() {
            Tokens tokens = signedIn();

            String newest = refreshedByTwo(tokens.refreshToken(), true);

            assertEquals(PAIRS, refreshes(tokens));
            assertEquals(200, refresh(newest, true).status());
        }

        @Test
        void soDoTwoProcessesOfAnAppThatSendsNoProofs() {
            Tokens tokens = signedIn();

            String newest = refreshedByTwo(tokens.refreshToken(), false);

            assertEquals(PAIRS, refreshes(tokens));
            assertEquals(200, refresh(newest, false).status());
        }

        @Test
        void ofAnOwnerAndAThiefAtTheSameMomentOneGetsTokensAndTheOtherNothing() {
            for (int pair = 0; pair < PAIRS; pair++) {
                Tokens tokens = signedIn();

                List<Reply> answers = race(List.of(
                        () -> refresh(tokens.refreshToken(), true),
                        () -> refresh(tokens.refreshToken(), "a thief's own secret".getBytes(StandardCharsets.UTF_8))));

                assertEquals(
                        Set.of(200, 409), answers.stream().map(Reply::status).collect(Collectors.toSet()));
                assertEquals(1, refreshes(tokens));
            }
        }

        /** Both ask with what the store holds, again and again; returns the token that it holds then. */
        private String refreshedByTwo(String first, boolean proven) {
            String token = first;
            for (int pair = 0; pair < PAIRS; pair++) {
                String held = token;

                List<Reply> answers = race(List.of(() -> refresh(held, proven), () -> refresh(held, proven)));

                assertEquals(
                        List.of(200, 200), answers.stream().map(Reply::status).toList());
                Set<String> successors = answers.stream()
                        .map(answer -> text("refreshToken", answer))
                        .collect(Collectors.toSet());
                assertEquals(1, successors.size(), "the two processes hold different tokens");
                for (Reply answer : answers) {
                    assertEquals(200, who(text("accessToken", answer)).status());
                }
                token = successors.iterator().next();
            }
            return token;
        }

        /** Two seconds after the one before, since so many may sign in a minute. */
        Tokens signedIn() {
            clock.advance(Duration.ofSeconds(2));
            assertEquals(200, phone.signIn(email, PASSWORD).status());
            return phone.tokens().orElseThrow();
        }

        Reply refresh(String token, boolean proven) {
            return refresh(token, proven ? INSTALL_SECRET : null);
        }

        private Reply refresh(String token, byte @Nullable [] secret) {
            Call call = phone.request("POST", "/v1/auth/refresh").anonymous();
            if (secret != null) {
                call.header(
                        RotationProof.HEADER, RotationProof.of(secret, token).text());
            }
            return call.json(Map.of("refreshToken", token)).send();
        }

        Reply signOut(Tokens tokens) {
            return as(tokens.accessToken(), phone.request("POST", "/v1/auth/sign-out"));
        }

        private Reply signOutAll(Tokens tokens) {
            return as(tokens.accessToken(), phone.request("POST", "/v1/auth/sign-out/all"));
        }

        Reply who(String accessToken) {
            return as(accessToken, phone.request("GET", "/who"));
        }

        private static Reply as(String accessToken, Call call) {
            return call.header("Authorization", "Bearer " + accessToken).send();
        }

        int refreshes(Tokens tokens) {
            return app().database()
                    .withHandle(handle -> handle.createQuery("SELECT counter FROM mb_auth_sessions WHERE id = :id")
                            .bind("id", tokens.sessionId())
                            .mapTo(Integer.class)
                            .one());
        }

        private static Set<String> withThose(String name, String first, List<Reply> answers) {
            return Stream.concat(
                            Stream.of(first),
                            answers.stream()
                                    .filter(answer -> answer.status() == 200)
                                    .map(answer -> text(name, answer)))
                    .collect(Collectors.toSet());
        }

        private static String text(String name, Reply answer) {
            return answer.json().get(name).asString();
        }

        private static List<Reply> race(List<Callable<Reply>> requests) {
            var open = new ConcurrentLinkedQueue<>(requests);
            return Race.of(requests.size(), () -> open.remove().call());
        }
    }
}
