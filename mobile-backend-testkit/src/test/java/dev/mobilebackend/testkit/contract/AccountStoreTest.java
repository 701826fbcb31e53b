// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.InMemoryAccountStore;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

class AccountStoreTest {

    @Nested
    class InMemory extends AccountStoreContract {

        private final InMemorySessionStore sessions = new InMemorySessionStore();

        @Override
        protected AccountStore store() {
            return new InMemoryAccountStore(sessions);
        }

        @Override
        protected SessionStore sessions() {
            return sessions;
        }

        @Override
        protected synchronized <R> R inTransaction(Supplier<R> step) {
            return step.get();
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
    abstract static class OnDatabase extends AccountStoreContract {

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
        protected AccountStore store() {
            return JdbiAccountStore.of(database.database());
        }

        @Override
        protected SessionStore sessions() {
            return JdbiSessionStore.of(database.database());
        }

        @Override
        protected <R> R inTransaction(Supplier<R> step) {
            return database.database().inTransaction(handle -> step.get());
        }
    }
}
