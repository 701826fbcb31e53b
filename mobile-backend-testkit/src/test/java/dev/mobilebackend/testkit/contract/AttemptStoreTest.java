// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.auth.attempt.AttemptStore;
import dev.mobilebackend.auth.attempt.InMemoryAttemptStore;
import dev.mobilebackend.auth.attempt.Tries;
import dev.mobilebackend.auth.attempt.jdbi.JdbiAttemptStore;
import dev.mobilebackend.core.data.Dialect;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

class AttemptStoreTest {

    @Nested
    class InMemory extends AttemptStoreContract {

        private final AttemptStore store = new InMemoryAttemptStore(1_000);

        @Override
        protected AttemptStore store() {
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
    abstract static class OnDatabase extends AttemptStoreContract {

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
        }

        @Override
        protected AttemptStore store() {
            return JdbiAttemptStore.of(database.database());
        }

        @Test
        void whatIsCountedOutlivesTheTransactionAroundIt() {
            var tries = new Tries(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));

            assertThrows(IllegalStateException.class, () -> database.database().useTransaction(handle -> {
                handle.execute("SELECT 1");
                store().update(List.of("rolled back"), all -> List.of(tries));
                throw new IllegalStateException("a wrong password");
            }));

            assertEquals(List.of(tries), store().update(List.of("rolled back"), all -> all));
        }
    }
}
