// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class H2JobStatusTest extends JobStatusContract {

    private static final TestDatabase DATABASE = TestDatabase.h2();

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
        JobTables.empty(DATABASE.database());
        return JdbiJobStore.of(DATABASE.database(), clock);
    }
}
