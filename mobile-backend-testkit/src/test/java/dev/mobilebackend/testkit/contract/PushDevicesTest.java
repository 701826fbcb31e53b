// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.push.InMemoryPushDevices;
import dev.mobilebackend.jobs.push.PushDevices;
import dev.mobilebackend.jobs.push.jdbi.JdbiPushDevices;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

class PushDevicesTest {

    @Nested
    class InMemory extends PushDevicesContract {

        @Override
        protected PushDevices devices(InstantSource clock) {
            return new InMemoryPushDevices(clock);
        }
    }

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(TestDatabase::postgres);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(TestDatabase::h2);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase extends PushDevicesContract {

        private final Supplier<TestDatabase> databases;
        private TestDatabase opened;

        OnDatabase(Supplier<TestDatabase> databases) {
            this.databases = databases;
        }

        @BeforeAll
        void open() {
            opened = databases.get();
            Schema.install(opened.database(), JdbiPushDevices.SCHEMA);
        }

        @AfterAll
        void close() {
            opened.close();
        }

        @Override
        protected PushDevices devices(InstantSource clock) {
            return JdbiPushDevices.of(opened.database(), clock);
        }
    }
}
