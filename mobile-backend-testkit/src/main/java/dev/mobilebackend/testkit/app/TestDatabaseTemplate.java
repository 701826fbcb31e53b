// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A prepared database from which each test takes its own copy, so that schema and rows are made once a test class.
 * Thread safe.
 *
 * <pre>{@code
 * static final TestDatabaseTemplate SHOP = TestDatabase.template(POSTGRESQL, Shop::installAndSeed);
 * final TestDatabase database = SHOP.copy();
 * }</pre>
 */
public final class TestDatabaseTemplate implements AutoCloseable {

    private final Supplier<TestDatabase> copies;
    private final Runnable drop;

    private TestDatabaseTemplate(Supplier<TestDatabase> copies, Runnable drop) {
        this.copies = copies;
        this.drop = drop;
    }

    static TestDatabaseTemplate prepared(Dialect dialect, Consumer<Database> preparation) {
        TestDatabase original = TestDatabase.of(dialect);
        try {
            preparation.accept(original.database());
        } catch (RuntimeException | Error failed) {
            original.close();
            throw failed;
        }
        return switch (dialect) {
            case POSTGRESQL -> ofPostgres(original.keepAsTemplate());
            case H2 -> ofH2(original);
            case MARIADB -> throw new IllegalArgumentException("no template is made of a MariaDB");
        };
    }

    /** A database with all that the preparation made; changes stay in the copy. */
    public TestDatabase copy() {
        return copies.get();
    }

    /** Drops the template; copies live on. */
    @Override
    public void close() {
        drop.run();
    }

    private static TestDatabaseTemplate ofPostgres(String name) {
        PostgresServer server = PostgresServer.shared();
        return new TestDatabaseTemplate(() -> TestDatabase.in(server, name), () -> server.drop(name));
    }

    private static TestDatabaseTemplate ofH2(TestDatabase original) {
        try (original) {
            List<String> script = original.database()
                    .withHandle(handle ->
                            handle.createQuery("SCRIPT").mapTo(String.class).list());
            return new TestDatabaseTemplate(() -> copyOfH2(script), () -> {});
        }
    }

    private static TestDatabase copyOfH2(List<String> script) {
        TestDatabase copy = TestDatabase.h2();
        copy.database().jdbi().useHandle(handle -> script.forEach(handle::execute));
        return copy;
    }
}
