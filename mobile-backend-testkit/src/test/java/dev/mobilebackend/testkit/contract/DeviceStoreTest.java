// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.device.DeviceStore;
import dev.mobilebackend.auth.device.InMemoryDeviceStore;
import dev.mobilebackend.auth.device.jdbi.JdbiDeviceStore;
import dev.mobilebackend.core.data.Dialect;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

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

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
        }

        @Override
        protected DeviceStore store() {
            return JdbiDeviceStore.of(database.database());
        }
    }
}
