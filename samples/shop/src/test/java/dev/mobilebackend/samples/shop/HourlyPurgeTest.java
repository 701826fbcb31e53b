// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The purge comes again every hour, whatever becomes of the one before. */
class HourlyPurgeTest {

    private static final String EACH_HOUR = "purge-answers";
    private static final String WORK = "purge-answers.now";

    @RegisterExtension
    static final MobileBackend SHOP = ShopJourney.shopOn(TestDatabase::h2);

    @Test
    void aPurgeThatFailsUntilItIsDeadIsFollowedByOthers(TestClock clock, TestDatabase database) {
        rename("mb_auth_attempts", "mb_auth_lost", database);
        while (count(WORK, JobState.DEAD, database) < 2) {
            clock.advance(Duration.ofHours(1));
            ShopUnderTest.runJobs();

            assertEquals(1, count(EACH_HOUR, JobState.WAITING, database));
        }
        rename("mb_auth_lost", "mb_auth_attempts", database);

        clock.advance(Duration.ofHours(1));
        ShopUnderTest.runJobs();

        assertEquals(1, count(EACH_HOUR, JobState.WAITING, database));
        assertEquals(0, count(WORK, JobState.WAITING, database));
        assertEquals(2, count(WORK, JobState.DEAD, database));
    }

    private static long count(String kind, JobState state, TestDatabase database) {
        return JdbiJobStore.of(database.database()).counts().stream()
                .filter(count -> count.kind().equals(kind) && count.state() == state)
                .mapToLong(JobCount::count)
                .sum();
    }

    private static void rename(String table, String name, TestDatabase database) {
        database.database().useTransaction(handle -> handle.execute("ALTER TABLE " + table + " RENAME TO " + name));
    }
}
