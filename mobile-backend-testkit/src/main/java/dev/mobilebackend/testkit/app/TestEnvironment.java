// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.testkit.clock.TestClock;
import java.net.URI;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an application under test runs on. Nothing is started before it is asked for: an application that never asks
 * for Redis costs no Redis. Thread safe.
 */
public final class TestEnvironment {

    private final TestClock clock = new TestClock();
    private final Supplier<TestDatabase> databases;
    private @Nullable TestDatabase database;
    private boolean redisFlushed;

    TestEnvironment(Supplier<TestDatabase> databases) {
        this.databases = databases;
    }

    public TestClock clock() {
        return clock;
    }

    public Database database() {
        return testDatabase().database();
    }

    public DataSource dataSource() {
        return testDatabase().dataSource();
    }

    /** The same database with its address, for an application that opens its own pool. */
    public synchronized TestDatabase testDatabase() {
        if (database == null) {
            database = databases.get();
        }
        return database;
    }

    /**
     * An empty Redis, such as {@code redis://127.0.0.1:50123}. All tests of the JVM share it, so one class at a time.
     */
    public synchronized URI redis() {
        TestRedis redis = TestRedis.shared();
        if (!redisFlushed) {
            redis.flush();
            redisFlushed = true;
        }
        return redis.uri();
    }

    synchronized void close() {
        if (database != null) {
            database.close();
        }
    }
}
