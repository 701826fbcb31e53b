// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.account.CodeStore;
import dev.mobilebackend.auth.account.InMemoryCodeStore;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.jdbi.JdbiCodeStore;
import dev.mobilebackend.core.data.Dialect;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

class CodeStoreTest {

    @Nested
    class InMemory extends CodeStoreContract {

        @Override
        protected CodeStore store(Consumer<Notice> outbox) {
            return new InMemoryCodeStore(outbox);
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
    abstract static class OnDatabase extends CodeStoreContract {

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
        }

        @Override
        protected CodeStore store(Consumer<Notice> outbox) {
            return JdbiCodeStore.of(database.database(), (handle, notice) -> outbox.accept(notice));
        }
    }
}
