// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.CodeStore;
import dev.mobilebackend.auth.account.InMemoryCodeStore;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.jdbi.JdbiCodeStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

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
        protected CodeStore store(Consumer<Notice> outbox) {
            return JdbiCodeStore.of(database.database(), (handle, notice) -> outbox.accept(notice));
        }
    }
}
