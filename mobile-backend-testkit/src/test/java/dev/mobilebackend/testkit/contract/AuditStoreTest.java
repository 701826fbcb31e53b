// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.audit.AuditStore;
import dev.mobilebackend.auth.audit.InMemoryAuditStore;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

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
        protected AuditStore store() {
            return JdbiAuditStore.of(database.database());
        }
    }
}
