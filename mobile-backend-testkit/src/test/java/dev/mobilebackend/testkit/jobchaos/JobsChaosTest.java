// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A slice of what {@code benchmarks/run jobs-chaos} does, and whether its audit finds what it looks for. */
@Timeout(300)
class JobsChaosTest {

    @Test
    void jobsAreDoneOnceWhateverBefallsTheirWorkersAndTheirDatabase() {
        assumeTrue(Signals.known(), "this system has no signals to stop processes with");
        try (var chaos = new JobsChaos(1, false, line -> {})) {
            List<String> found = chaos.run(300, 6);

            assertEquals("fsync on, synchronous_commit on", chaos.durability());
            assertEquals(List.of(), found, () -> "what the workers said is in " + chaos.logs());
            assertTrue(
                    chaos.befell().values().stream().mapToInt(Integer::intValue).sum() >= 11);
        }
    }

    /** A ledger with one thing wrong in it. */
    @Nested
    class TheAudit {

        private final TestDatabase test = TestDatabase.postgres();
        private final Database database = test.database();
        private final JobsLedger ledger = new JobsLedger(database);

        @BeforeEach
        void install() {
            Schema.install(database, JdbiJobStore.SCHEMA);
            execute(JobsLedger.TABLES);
            asked(7, true, "lane 1");
            event(7, "begun", 1, 1);
            event(7, "effect", 1, 1);
            asked(8, false, null);
            event(8, "begun", 1, 1);
            event(8, "ended", 1, 1);
        }

        @AfterEach
        void drop() {
            test.close();
        }

        @Test
        void findsNothingWhereAllIsWell() {
            event(7, "begun", 2, 2);
            lease(1, "-1 second");
            event(8, "begun", 2, 1);

            assertEquals(List.of(), ledger.audit());
        }

        @Test
        void findsALostJob() {
            asked(9, true, null);
            event(9, "begun", 1, 1);

            assertEquals(List.of("lost: job 9 was never done"), ledger.audit());
        }

        @Test
        void findsASecondEffect() {
            event(7, "effect", 2, 2);

            assertEquals(List.of("duplicated: the effect of job 7 happened 2 times"), ledger.audit());
        }

        @Test
        void findsAJobOfATransactionThatRolledBack() {
            event(10, "begun", 1, 1);

            assertEquals(List.of("rolled back: job 10 was never committed and ran"), ledger.audit());
        }

        @Test
        void findsARunBesideOneWhoseLeaseLives() {
            asked(9, false, null);
            event(9, "begun", 1, 1);
            event(9, "begun", 2, 1);
            event(9, "ended", 1, 1);

            assertEquals(List.of("overlap: job 9 began at 2 while it ran at 1, whose lease lived"), ledger.audit());
        }

        @Test
        void findsALeaseThatWasEndedEarly() {
            lease(1, "1 hour");

            assertTrue(ledger.audit().get(0).startsWith("early: the lease of 1 was ended "));
        }

        @Test
        void findsJobsOutOfTheirOrder() {
            asked(5, true, "lane 1");
            event(5, "effect", 1, 1);

            assertEquals(List.of("order: lane 1 did 5 after 7"), ledger.audit());
        }

        @Test
        void findsTooManyAttempts() {
            event(7, "begun", 1, ChaosWorker.ATTEMPTS + 1);

            assertEquals(List.of("attempts: job 7 had 201"), ledger.audit());
        }

        private void asked(int number, boolean transactional, String lane) {
            database.useTransaction(handle -> JobsLedger.ask(handle, number, transactional, lane));
        }

        private void event(int number, String what, long owner, int attempt) {
            execute("INSERT INTO chaos_event (number, what, owner, attempt, process) VALUES (" + number + ", '" + what
                    + "', " + owner + ", " + attempt + ", 1)");
        }

        private void lease(long owner, String left) {
            execute("INSERT INTO chaos_lease (owner, until) VALUES (" + owner + ", clock_timestamp() + interval '"
                    + left + "')");
        }

        private void execute(String sql) {
            database.useTransaction(handle -> handle.execute(sql));
        }
    }
}
