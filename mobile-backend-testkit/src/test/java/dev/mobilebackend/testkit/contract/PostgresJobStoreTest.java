// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresJobStoreTest extends JobStoreContract {

    private static final TestDatabase DATABASE = TestDatabase.postgres();

    @BeforeAll
    static void install() {
        Schema.install(DATABASE.database(), JdbiJobStore.SCHEMA);
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Override
    protected JobStore store(InstantSource clock) {
        DATABASE.database().useTransaction(handle -> {
            List.of("mb_jobs_mark", "mb_jobs_claimed", "mb_jobs_waiting", "mb_jobs_dead", "mb_job_worker")
                    .forEach(table -> handle.execute("DELETE FROM " + table));
        });
        return JdbiJobStore.of(DATABASE.database(), clock);
    }
}
