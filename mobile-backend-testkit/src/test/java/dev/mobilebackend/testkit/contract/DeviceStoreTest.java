// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.device.DeviceStore;
import dev.mobilebackend.auth.device.InMemoryDeviceStore;
import dev.mobilebackend.auth.device.jdbi.JdbiDeviceStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

class DeviceStoreTest {

    @Nested
    class InMemory extends DeviceStoreContract {

        private final DeviceStore store = new InMemoryDeviceStore();

        @Override
        protected DeviceStore store() {
            return store;
        }
    }

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(Dialect.POSTGRESQL);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(Dialect.H2);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase extends DeviceStoreContract {

        private final Dialect dialect;
        private TestDatabase database;

        OnDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @BeforeAll
        void start() {
            database = TestDatabase.of(dialect);
            Schema.install(database.database(), AuthSchema.TABLES);
        }

        @AfterAll
        void stop() {
            database.close();
        }

        @Override
        protected DeviceStore store() {
            return JdbiDeviceStore.of(database.database());
        }
    }
}
