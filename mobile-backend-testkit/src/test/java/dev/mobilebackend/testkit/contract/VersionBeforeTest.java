// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.CodeStore;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.PendingCode;
import dev.mobilebackend.auth.account.Purpose;
import dev.mobilebackend.auth.account.SendLimit;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.account.jdbi.JdbiCodeStore;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RevocationFeed;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Instances of the version before work on beside new ones while an application is rolled out. The statements here are
 * theirs, as they stood before V211 (sessions), V213 (revocations), V222 (accounts), V223 (codes) and V302 (jobs).
 */
class VersionBeforeTest {

    private static final Instant NOW = Ambient.clock().instant().truncatedTo(ChronoUnit.MICROS);

    private static final String OPEN = "INSERT INTO mb_auth_sessions (id, account_id, device_id, device_name, "
            + "app_version, counter, proofs, created_at, refreshed_at, previous_refreshed_at, expires_at, ends_at, "
            + "revoked_at, revoked_because) VALUES (:id, :accountId, :deviceId, :deviceName, :appVersion, :counter, "
            + ":proofs, :createdAt, :refreshedAt, :previousRefreshedAt, :expiresAt, :endsAt, NULL, NULL)";

    private static final String REVOKE =
            "UPDATE mb_auth_sessions SET revoked_at = :at, revoked_because = :reason WHERE revoked_at IS NULL AND id = :id";

    private static final String REVOKED_SINCE = "SELECT id, revoked_at FROM mb_auth_sessions WHERE revoked_at >= :time";

    private static final String ADD = "INSERT INTO mb_auth_accounts (id, email, phone, roles, display_name, "
            + "created_at, version, password_hash) VALUES (:id, :email, :phone, :roles, :displayName, :createdAt, "
            + ":version, :passwordHash)";

    private static final String KEEP = "INSERT INTO mb_auth_codes (purpose, subject, origin, contact, seed, carried, "
            + "attempts_left, expires_at) VALUES (:purpose, :subject, :origin, :contact, :seed, :carried, "
            + ":attemptsLeft, :expiresAt)";

    private static final String COUNT_SET = "in_hour = CASE WHEN s.hour_ends <= :now THEN 1 ELSE s.in_hour + 1 END, "
            + "hour_ends = CASE WHEN s.hour_ends <= :now THEN :hourEnds ELSE s.hour_ends END, "
            + "in_day = CASE WHEN s.day_ends <= :now THEN 1 ELSE s.in_day + 1 END, "
            + "day_ends = CASE WHEN s.day_ends <= :now THEN :dayEnds ELSE s.day_ends END";

    private static final String COUNT_WITHIN =
            "(s.hour_ends <= :now OR s.in_hour < :anHour) AND (s.day_ends <= :now OR s.in_day < :aDay)";

    private static final String COUNT_ON_POSTGRESQL =
            "INSERT INTO mb_auth_code_sends AS s (send_key, hour_ends, in_hour, day_ends, in_day) "
                    + "VALUES (:key, :hourEnds, 1, :dayEnds, 1) ON CONFLICT (send_key) DO UPDATE SET " + COUNT_SET
                    + " WHERE " + COUNT_WITHIN;

    private static final String COUNT_ON_H2 = "MERGE INTO mb_auth_code_sends s "
            + "USING (VALUES (CAST(:key AS varchar(22)))) AS n (send_key) ON s.send_key = n.send_key "
            + "WHEN MATCHED AND " + COUNT_WITHIN + " THEN UPDATE SET " + COUNT_SET
            + " WHEN NOT MATCHED THEN INSERT (send_key, hour_ends, in_hour, day_ends, in_day) "
            + "VALUES (n.send_key, :hourEnds, 1, :dayEnds, 1)";

    private static final String FORGET_SENDS = "DELETE FROM mb_auth_code_sends WHERE send_key IN (SELECT send_key FROM "
            + "mb_auth_code_sends WHERE day_ends <= :now ORDER BY day_ends FETCH FIRST 1000 ROWS ONLY)";

    private static final String ENQUEUE_JOB =
            "INSERT INTO mb_job (run_at, kind, payload) VALUES (CURRENT_TIMESTAMP, 'test', :payload)";

    private static final String DUE_JOB =
            "SELECT id FROM mb_job WHERE state = 0 AND run_at <= CURRENT_TIMESTAMP ORDER BY run_at, id LIMIT 1";

    private static final String CLAIM_JOB =
            "UPDATE mb_job SET state = 1, owner = :owner, attempt = 1 WHERE id = :job AND state = 0 AND attempt = 0";

    private static final String FINISH_JOB = "DELETE FROM mb_job WHERE id = :job AND owner = :owner AND attempt = 1";

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(Dialect.POSTGRESQL, COUNT_ON_POSTGRESQL);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(Dialect.H2, COUNT_ON_H2);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase {

        private final Dialect dialect;
        private final String count;
        private TestDatabase database;

        OnDatabase(Dialect dialect, String count) {
            this.dialect = dialect;
            this.count = count;
        }

        @BeforeAll
        void start() {
            database = TestDatabase.of(dialect);
            Schema.install(database.database(), AuthSchema.TABLES, JdbiJobStore.SCHEMA);
        }

        @AfterAll
        void stop() {
            database.close();
        }

        @Test
        void aSessionThatItOpensIsThereAndSaysNothingOfHowItsOwnerSignedIn() {
            openBefore("opened", "somebody");

            Session session = sessions().find("opened").orElseThrow();

            assertEquals("somebody", session.accountId());
            assertEquals(new Authentication(Instant.EPOCH, Set.of()), session.authentication());
        }

        @Test
        void whatItRevokesReachesEveryInstance() {
            openBefore("ended before", "somebody");
            var revocations = new Revocations();
            try (var feed = new RevocationFeed(revocations, sessions(), null, Duration.ofMinutes(10))) {
                feed.poll();
                update(REVOKE, Map.of("id", "ended before", "at", utc(sessions().now()), "reason", "SIGNED_OUT"));

                feed.poll();
            }

            assertTrue(revocations.contains("ended before"));
        }

        @Test
        void whatIsRevokedReachesIt() {
            Session ended = new Sessions(
                            SessionPolicy.standard(),
                            sessions(),
                            new Revocations(),
                            ServerSecret.of(new byte[32]),
                            Ambient.random())
                    .open("somebody else", Device.UNKNOWN, Set.of("pwd"), NOW)
                    .session();
            sessions().revoke(ended.id(), new Revocation(NOW, Revocation.Reason.SIGNED_OUT));

            List<String> read = data().withHandle(handle -> handle.createQuery(REVOKED_SINCE)
                    .bind("time", utc(NOW))
                    .map((row, context) -> row.getString("id"))
                    .list());

            assertTrue(read.contains(ended.id()));
        }

        @Test
        void anAccountThatItMakesHasCredentialsOfTheFirstVersion() {
            var values = new HashMap<String, @Nullable Object>();
            values.put("id", "account");
            values.put("email", "ada@example.org");
            values.put("phone", null);
            values.put("roles", "");
            values.put("displayName", null);
            values.put("createdAt", utc(NOW));
            values.put("version", 1);
            values.put("passwordHash", "hash");
            update(ADD, values);
            JdbiAccountStore accounts = JdbiAccountStore.of(data());

            Optional<Account> made = accounts.lock("account");

            assertEquals(
                    Optional.of(new Account(
                            "account", new EmailAddress("ada@example.org"), null, Set.of(), null, NOW, 1, 1)),
                    made);
            assertEquals(
                    2,
                    accounts.setPasswordHash("account", "another").orElseThrow().credentialsVersion());
        }

        @Test
        void aCodeThatItKeepsIsTaken() {
            EmailAddress email = new EmailAddress("eve@example.org");
            keepBefore("eve@example.org", "seed of eve");
            var expected = new PendingCode(
                    Purpose.SIGN_UP, email.text(), "phone", email, "seed of eve", null, 4, NOW.plusSeconds(60));

            Optional<PendingCode> taken = codes().takeAttempt(Purpose.SIGN_UP, email.text(), "phone", NOW);

            assertEquals(Optional.of(expected), taken);
            assertTrue(codes().use(expected));
        }

        @Test
        void codesCountTogetherWhoeverSendsThem() {
            assertEquals(1, countBefore("counted together"));
            assertTrue(send("counted together", 3));
            assertEquals(1, countBefore("counted together"));

            assertFalse(send("counted together", 3));
            assertEquals(0, countBefore("counted together"));
        }

        @Test
        void whatIsCountedStaysWhereItPurges() {
            assertTrue(send("counted here", 1));

            update(FORGET_SENDS, Map.of("now", utc(NOW)));

            assertFalse(send("counted here", 1));
        }

        @Test
        void aJobThatItEnqueuesRunsOnANewWorkerAndOneThatItRunsIsLeftToIt() {
            JdbiJobStore jobs = JdbiJobStore.of(data());
            long old = jobs.join(Duration.ofDays(1));
            update(ENQUEUE_JOB, Map.of("payload", "{}"));
            long its = claimBefore(old).orElseThrow();
            update(ENQUEUE_JOB, Map.of("payload", "{}"));

            int moved = jobs.rescue();
            List<ClaimedJob> claimed =
                    jobs.finishAndClaim(jobs.join(Duration.ofDays(1)), List.of(), NewJob.DEFAULT_QUEUE, 10);

            assertEquals(1, moved);
            assertEquals(1, claimed.size());
            assertEquals(Optional.empty(), claimBefore(old));
            assertEquals(1, update(FINISH_JOB, Map.of("job", its, "owner", old)));
        }

        @Test
        void oldAndNewWorkersRunEachJobOnce() {
            JdbiJobStore jobs = JdbiJobStore.of(data());
            int all = 200;
            for (int job = 0; job < all; job++) {
                update(ENQUEUE_JOB, Map.of("payload", "{}"));
            }
            var turns = new AtomicInteger();
            var old = new AtomicInteger();
            var young = new AtomicInteger();

            Race.of(4, () -> {
                long owner = jobs.join(Duration.ofDays(1));
                boolean before = turns.getAndIncrement() % 2 == 0;
                for (int turn = 0; turn < 20; turn++) {
                    if (before) {
                        claimBefore(owner)
                                .ifPresent(
                                        job -> old.addAndGet(update(FINISH_JOB, Map.of("job", job, "owner", owner))));
                    } else {
                        jobs.rescue();
                        young.addAndGet(jobs.finishAndClaim(owner, List.of(), NewJob.DEFAULT_QUEUE, 7)
                                .size());
                    }
                }
                return owner;
            });
            jobs.rescue();
            List<ClaimedJob> rest =
                    jobs.finishAndClaim(jobs.join(Duration.ofDays(1)), List.of(), NewJob.DEFAULT_QUEUE, all);

            assertEquals(all, old.get() + young.get() + rest.size());
        }

        private Optional<Long> claimBefore(long owner) {
            return data().withHandle(handle ->
                            handle.createQuery(DUE_JOB).mapTo(Long.class).findOne())
                    .filter(job -> update(CLAIM_JOB, Map.of("job", job, "owner", owner)) == 1);
        }

        private boolean send(String key, int anHour) {
            EmailAddress email = new EmailAddress("bob@example.org");
            var code = new PendingCode(
                    Purpose.SIGN_UP, email.text(), key, email, "seed " + key, null, 5, NOW.plusSeconds(60));
            return codes().keep(
                            code,
                            new Notice(Notice.Kind.VERIFICATION_CODE, email.text(), code.seed()),
                            new SendLimit(key, anHour, NOW));
        }

        private int countBefore(String key) {
            return update(
                    count,
                    Map.of(
                            "key",
                            key,
                            "anHour",
                            3,
                            "aDay",
                            20,
                            "now",
                            utc(NOW),
                            "hourEnds",
                            utc(NOW.plus(Duration.ofHours(1))),
                            "dayEnds",
                            utc(NOW.plus(Duration.ofDays(1)))));
        }

        private void keepBefore(String email, String seed) {
            var values = new HashMap<String, @Nullable Object>();
            values.put("purpose", "SIGN_UP");
            values.put("subject", email);
            values.put("origin", "phone");
            values.put("contact", email);
            values.put("seed", seed);
            values.put("carried", null);
            values.put("attemptsLeft", 5);
            values.put("expiresAt", utc(NOW.plusSeconds(60)));
            update(KEEP, values);
        }

        private void openBefore(String id, String accountId) {
            var values = new HashMap<String, @Nullable Object>();
            values.put("id", id);
            values.put("accountId", accountId);
            values.put("deviceId", null);
            values.put("deviceName", null);
            values.put("appVersion", null);
            values.put("counter", 0);
            values.put("proofs", new byte[0]);
            values.put("createdAt", utc(NOW));
            values.put("refreshedAt", utc(NOW));
            values.put("previousRefreshedAt", utc(NOW));
            values.put("expiresAt", utc(NOW.plusSeconds(60)));
            values.put("endsAt", utc(NOW.plusSeconds(60)));
            update(OPEN, values);
        }

        private int update(String statement, Map<String, ? extends @Nullable Object> values) {
            return data().<Integer, RuntimeException>withHandle(handle ->
                    handle.createUpdate(statement).bindMap(values).execute());
        }

        private JdbiSessionStore sessions() {
            return JdbiSessionStore.of(data());
        }

        private CodeStore codes() {
            return JdbiCodeStore.of(data(), (handle, notice) -> {});
        }

        private Database data() {
            return database.database();
        }

        private static OffsetDateTime utc(Instant instant) {
            return instant.atOffset(ZoneOffset.UTC);
        }
    }
}
