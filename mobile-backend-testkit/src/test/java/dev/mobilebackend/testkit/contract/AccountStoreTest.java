// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.InMemoryAccountStore;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.data.Dialect;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

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

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
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
