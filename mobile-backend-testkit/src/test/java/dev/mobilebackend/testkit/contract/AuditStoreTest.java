// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.audit.AuditStore;
import dev.mobilebackend.auth.audit.InMemoryAuditStore;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.core.data.Dialect;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

class AuditStoreTest {

    @Nested
    class InMemory extends AuditStoreContract {

        private final AuditStore store = new InMemoryAuditStore();

        @Override
        protected AuditStore store() {
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
    abstract static class OnDatabase extends AuditStoreContract {

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
        }

        @Override
        protected AuditStore store() {
            return JdbiAuditStore.of(database.database());
        }
    }
}
