// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.Nested;

/** The contracts of {@code core.idempotency} on the databases that it speaks to. */
class IdempotencyOnDatabasesTest {

    @Nested
    class AtomicOnPostgres extends IdempotencyContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.postgres();
        }
    }

    @Nested
    class AtomicOnH2 extends IdempotencyContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.h2();
        }
    }

    @Nested
    class PhasedOnPostgres extends PhasedWorkContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.postgres();
        }
    }

    @Nested
    class PhasedOnH2 extends PhasedWorkContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.h2();
        }
    }

    @Nested
    class DetachedOnPostgres extends DetachedWorkContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.postgres();
        }
    }

    @Nested
    class DetachedOnH2 extends DetachedWorkContract {
        @Override
        protected TestDatabase database() {
            return TestDatabase.h2();
        }
    }
}
