// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.Nested;

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
