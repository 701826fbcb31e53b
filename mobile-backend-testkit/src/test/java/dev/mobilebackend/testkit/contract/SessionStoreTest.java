// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.Presenter;
import dev.mobilebackend.auth.session.ProofTrail;
import dev.mobilebackend.auth.session.RefreshDecision;
import dev.mobilebackend.auth.session.RefreshToken;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RevocationFeed;
import dev.mobilebackend.auth.session.RevocationSignal;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionStoreTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Revocation SIGNED_OUT = new Revocation(NOW, Revocation.Reason.SIGNED_OUT);

    @Nested
    class InMemory extends SessionStoreContract {

        private final SessionStore store = new InMemorySessionStore();

        @Override
        protected SessionStore store() {
            return store;
        }
    }

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(Dialect.POSTGRESQL);
        }

        @Test
        void aRevocationIsHeardByAllInstancesOnceItHasCommitted() {
            store().open(session("heard", "listening"));
            try (RevocationSignal one = signal();
                    RevocationSignal other = signal()) {
                database.database().useTransaction(handle -> {
                    store().revoke("heard", SIGNED_OUT);
                    assertFalse(one.isRaised());
                });

                assertTrue(soon(one::isRaised));
                assertTrue(soon(other::isRaised));
                assertFalse(one.isRaised());
            }
        }

        @Test
        void endingAllOfAnAccountsSessionsIsHeard() {
            store().open(session("heard too", "listening to all"));
            try (RevocationSignal signal = signal()) {
                store().revokeAll("listening to all", null, SIGNED_OUT);

                assertTrue(soon(signal::isRaised));
            }
        }

        @Test
        void aConnectionThatIsCutIsNoticedAndReplaced() {
            store().open(session("after the cut", "cut"));
            try (RevocationSignal signal = signal()) {
                database.database().withHandle(handle -> handle.createQuery("SELECT COUNT(pg_terminate_backend(pid)) "
                                + "FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
                        .mapTo(Integer.class)
                        .one());
                assertThrows(IllegalStateException.class, () -> soon(signal::isRaised));

                signal.listen();
                store().revoke("after the cut", SIGNED_OUT);

                assertTrue(soon(signal::isRaised));
            }
        }

        /** The tick that follows the message; by itself the store would be read in the sixteenth. */
        @Test
        void anInstanceKnowsWhatAnotherRevokedByTheSignal() {
            store().open(session("elsewhere", "feed"));
            var revocations = new Revocations();
            JdbiSessionStore store = JdbiSessionStore.of(database.database());
            var ticks = new Ticks();
            try (var awaited = new AwaitedSignal(store.tryOpenSignal());
                    var feed = new RevocationFeed(revocations, store, awaited, Duration.ofMinutes(10))) {
                feed.start(ticks);
                ticks.next();

                store().revoke("elsewhere", SIGNED_OUT);
                awaited.isDue = true;
                ticks.next();

                assertTrue(revocations.contains("elsewhere"));
            } finally {
                ticks.shutdownNow();
            }
        }

        private RevocationSignal signal() {
            RevocationSignal signal = JdbiSessionStore.of(database.database()).tryOpenSignal();
            signal.listen();
            return signal;
        }

        /** Asks again and again, for as long as a busy machine may take. */
        private static boolean soon(BooleanSupplier question) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < Duration.ofSeconds(30).toNanos()) {
                if (question.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }
    }

    /** A signal that has the patience to wait for a message that is due. */
    private static final class AwaitedSignal implements RevocationSignal {

        private final RevocationSignal signal;
        private boolean isDue;

        AwaitedSignal(RevocationSignal signal) {
            this.signal = signal;
        }

        @Override
        public void listen() {
            signal.listen();
        }

        @Override
        public boolean isRaised() {
            return isDue ? OnPostgres.soon(signal::isRaised) : signal.isRaised();
        }

        @Override
        public void close() {
            signal.close();
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(Dialect.H2);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase extends SessionStoreContract {

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
        }

        @Override
        protected SessionStore store() {
            return JdbiSessionStore.of(database.database());
        }

        @Test
        void tenThousandRefreshesLeaveOneRow() {
            Sessions sessions = sessions(new Revocations());
            RefreshToken token = sessions.open("ten thousand", Device.UNKNOWN, Set.of("pwd"), NOW)
                    .token();
            for (int i = 0; i < 10_000; i++) {
                RotationProof proof = RotationProof.of(new byte[] {1}, token.text());
                RefreshDecision decision = sessions.refresh(token.text(), Presenter.of(proof), NOW.plusSeconds(i));
                token = ((RefreshDecision.Rotated) decision).token();
            }

            assertEquals(List.of(10_000), counters("ten thousand"));
        }

        @Test
        void noRevocationIsLostBetweenInstancesWhoseClocksAreAnHourApart() {
            for (Duration apart : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
                var here = new Revocations();
                var there = new Revocations();
                try (var feedHere = new RevocationFeed(here, store(), null, Duration.ofMinutes(10));
                        var feedThere = new RevocationFeed(there, store(), null, Duration.ofMinutes(10))) {
                    feedHere.poll();
                    feedThere.poll();
                    Instant now = store().now();
                    String endedHere = endOneOfTwo(sessions(here), now);
                    String endedThere = endOneOfTwo(sessions(there), now.plus(apart));

                    feedHere.poll();
                    feedThere.poll();

                    for (Revocations instance : List.of(here, there)) {
                        assertTrue(instance.contains(endedHere), () -> endedHere + ", clocks apart by " + apart);
                        assertTrue(instance.contains(endedThere), () -> endedThere + ", clocks apart by " + apart);
                    }
                }
            }
        }

        /** Signs two devices in and the first one out. */
        private static String endOneOfTwo(Sessions sessions, Instant now) {
            String account = "skewed";
            String ended = sessions.open(account, Device.UNKNOWN, Set.of("pwd"), now)
                    .session()
                    .id();
            sessions.open(account, Device.UNKNOWN, Set.of("pwd"), now);
            assertTrue(sessions.tryEnd(account, ended, Revocation.Reason.SIGNED_OUT, now));
            return ended;
        }

        private Sessions sessions(Revocations revocations) {
            return new Sessions(
                    SessionPolicy.standard(), store(), revocations, ServerSecret.of(new byte[32]), Ambient.random());
        }

        @Test
        void theOwnerIsToldOfATheftInTheTransactionThatEndsTheSession() {
            var told = new ArrayList<String>();
            store().open(session("told", "theft"));
            JdbiSessionStore store = JdbiSessionStore.of(database.database(), (handle, accountId, sessionId, at) -> {
                assertTrue(handle.isInTransaction());
                told.add(accountId);
            });
            var replayed = new Revocation(NOW, Revocation.Reason.REPLAYED);

            assertTrue(store.revoke("told", replayed));
            assertFalse(store.revoke("told", replayed));

            assertEquals(List.of("theft"), told);
        }

        @Test
        void whereTheOwnerCanNotBeToldTheSessionGoesOn() {
            store().open(session("not told", "theft"));
            JdbiSessionStore store = JdbiSessionStore.of(database.database(), (handle, accountId, sessionId, at) -> {
                throw new IllegalStateException("the outbox is full");
            });
            var replayed = new Revocation(NOW, Revocation.Reason.REPLAYED);

            assertThrows(IllegalStateException.class, () -> store.revoke("not told", replayed));

            assertNull(store.find("not told").orElseThrow().revocation());
        }

        @Test
        void nothingElseIsATheft() {
            store().open(session("signed out", "no theft"));
            JdbiSessionStore store = JdbiSessionStore.of(database.database(), (handle, accountId, sessionId, at) -> {
                throw new IllegalStateException("nothing to tell");
            });

            assertTrue(store.revoke("signed out", new Revocation(NOW, Revocation.Reason.SIGNED_OUT)));
        }

        @Test
        void whatHasToWaitForTheCommitIsNotRunIfItRollsBack() {
            var ran = new ArrayList<String>();
            SessionStore store = store();

            database.database().useTransaction(handle -> {
                store.afterCommit(() -> ran.add("committed"));
                assertEquals(List.of(), ran);
            });
            database.database().useTransaction(handle -> {
                store.afterCommit(() -> ran.add("rolled back"));
                handle.rollback();
            });

            assertEquals(List.of("committed"), ran);
        }

        private List<Integer> counters(String account) {
            return database.database().withHandle(handle -> handle.createQuery(
                            "SELECT counter FROM mb_auth_sessions WHERE account_id = :account")
                    .bind("account", account)
                    .mapTo(Integer.class)
                    .list());
        }

        static Session session(String id, String accountId) {
            return new Session(
                    id,
                    accountId,
                    Device.UNKNOWN,
                    null,
                    Authentication.UNKNOWN,
                    null,
                    0,
                    ProofTrail.EMPTY,
                    NOW,
                    NOW,
                    NOW,
                    NOW.plusSeconds(60),
                    NOW.plusSeconds(60),
                    null);
        }
    }
}
