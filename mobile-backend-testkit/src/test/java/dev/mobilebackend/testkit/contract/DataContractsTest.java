// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contracts of {@code core.data} on the databases that it speaks to. */
class DataContractsTest {

    @Nested
    class SchemaOnPostgres extends SchemaContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.postgres();
        }
    }

    @Nested
    class SchemaOnH2 extends SchemaContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.h2();
        }

        @Test
        void everyScriptCanRunAgainFromItsStart() {
            SchemaPart[] parts = {Schema.CORE, AuthSchema.TABLES, JdbiJobStore.SCHEMA};
            try (TestDatabase killed = TestDatabase.h2()) {
                Schema.install(killed.database(), parts);
                killed.database().useTransaction(handle -> handle.execute("DELETE FROM mb_schema"));

                assertDoesNotThrow(() -> Schema.install(killed.database(), parts));
            }
        }
    }

    @Nested
    class DialectOnPostgres extends DialectContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.postgres();
        }
    }

    @Nested
    class DialectOnH2 extends DialectContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.h2();
        }
    }
}
