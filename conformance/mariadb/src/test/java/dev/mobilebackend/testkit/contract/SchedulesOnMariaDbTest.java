// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SchedulesOnMariaDbTest {

    @Test
    void everyTickIsOneJobThroughBothChangesOfTheClocksThoughInstancesDie() {
        SchedulesOnDatabasesTest.everyTickIsOneJob(SchedulesOnMariaDbTest::database);
    }

    @Test
    void instancesThatRaceEnqueueEachTickOnce() throws Exception {
        SchedulesOnDatabasesTest.eachTickIsEnqueuedOnce(SchedulesOnMariaDbTest::database);
    }

    private static TestDatabase database() {
        TestDatabase database = MariaDbServer.database();
        Schema.install(database.database(), JdbiJobStore.SCHEMA);
        return database;
    }
}
