// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a {@link Dialect} must do on its database. */
public abstract class DialectContract {

    private static final String INSERT = "INSERT INTO note (id, text) VALUES (:id, :text)";
    private static final Duration SHORT = Duration.ofMillis(50);

    private @Nullable TestDatabase opened;

    protected DialectContract() {}

    /** A new and empty database; the contract closes it. */
    protected abstract TestDatabase database();

    @BeforeEach
    void open() {
        opened = database();
        data().useTransaction(handle -> handle.execute("CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(10))"));
    }

    @AfterEach
    void close() {
        opened().close();
    }

    @Test
    void insertsARowUnlessItsKeyIsThere() {
        boolean inserted = data().<Boolean, RuntimeException>inTransaction(handle -> insert(handle, "mine"));
        boolean insertedAgain = data().<Boolean, RuntimeException>inTransaction(handle -> insert(handle, "other"));

        assertTrue(inserted);
        assertFalse(insertedAgain);
        assertEquals(List.of("mine"), notes());
    }

    @Test
    void leavesTheTransactionUsableWhenTheKeyIsThere() {
        data().useTransaction(handle -> insert(handle, "mine"));

        data().useTransaction(handle -> {
            insert(handle, "other");
            handle.execute("UPDATE note SET text = 'changed'");
        });

        assertEquals(List.of("changed"), notes());
    }

    @Test
    void reportsEveryOtherRefusalOfAnInsert() {
        assertThrows(JdbiException.class, () -> data().useTransaction(
                        handle -> insert(handle, "longer than ten characters")));
    }

    @Test
    void lockTimeoutIsTheEndOfWaitingForAKeyThatAnotherTransactionHas() {
        try (Handle holder = data().jdbi().open()) {
            holder.begin();
            insert(holder, "mine");

            var gaveUp = assertThrows(JdbiException.class, () -> data().useTransaction(handle -> {
                data().dialect().withLockWait(handle, SHORT, () -> insert(handle, "other"));
            }));

            assertTrue(Dialect.isLockTimeout(gaveUp), gaveUp.toString());
            holder.rollback();
        }
    }

    @Test
    void lockTimeoutIsTheEndOfWaitingForARowThatAnotherTransactionHas() {
        data().useTransaction(handle -> insert(handle, "mine"));
        try (Handle holder = data().jdbi().open()) {
            holder.begin();
            holder.execute("UPDATE note SET text = 'held'");

            var gaveUp = assertThrows(JdbiException.class, () -> data().useTransaction(handle -> {
                data().dialect().withLockWait(handle, SHORT, () -> handle.execute("UPDATE note SET text = 'other'"));
            }));

            assertTrue(Dialect.isLockTimeout(gaveUp), gaveUp.toString());
            holder.rollback();
        }
    }

    @Test
    void aRefusalIsNoLockTimeout() {
        data().useTransaction(handle -> insert(handle, "mine"));

        var refused = assertThrows(JdbiException.class, () -> data().useTransaction(
                        handle -> handle.execute("INSERT INTO note VALUES (1, 'other')")));

        assertFalse(Dialect.isLockTimeout(refused));
    }

    @Test
    void theLimitOfWaitingEndsWithTheWorkItWasSetFor() {
        data().useTransaction(handle -> {
            String before = lockWait(handle);

            String during = data().dialect().withLockWait(handle, SHORT, () -> lockWait(handle));

            assertNotEquals(before, during);
            assertEquals(before, lockWait(handle));
        });
    }

    @Test
    void aLimitWithinAnotherOnePutsThatBack() {
        data().useTransaction(handle -> data().dialect().withLockWait(handle, SHORT, () -> {
            String outer = lockWait(handle);

            data().dialect().withLockWait(handle, SHORT.multipliedBy(2), () -> lockWait(handle));

            assertEquals(outer, lockWait(handle));
            return outer;
        }));
    }

    @Test
    void theLimitOfWaitingEndsWithATransactionThatFails() {
        data().jdbi().useHandle(handle -> {
            String before = lockWait(handle);

            assertThrows(
                    JdbiException.class,
                    () -> handle.useTransaction(failing -> data().dialect()
                            .withLockWait(failing, SHORT, () -> failing.execute("INSERT INTO nowhere VALUES (1)"))));

            assertEquals(before, lockWait(handle));
        });
    }

    @Test
    void waitsForAnInsertThatIsCommittedThenSeesItsRow() {
        var inserted = new CyclicBarrier(2);
        var turn = new AtomicInteger();

        List<Boolean> results = Race.of(2, () -> {
            boolean first = turn.getAndIncrement() == 0;
            return data().<Boolean, RuntimeException>inTransaction(handle -> {
                if (first) {
                    boolean mine = insert(handle, "mine");
                    Race.await(inserted);
                    return mine;
                }
                Race.await(inserted);
                boolean other = insert(handle, "other");
                assertEquals(List.of("mine"), notes(handle));
                return other;
            });
        });

        assertEquals(1, results.stream().filter(did -> did).count());
        assertEquals(List.of("mine"), notes());
    }

    @Test
    void waitsForAnInsertThatIsRolledBackThenTakesItsPlace() {
        var inserted = new CyclicBarrier(2);
        var turn = new AtomicInteger();

        Race.of(2, () -> {
            boolean first = turn.getAndIncrement() == 0;
            data().useTransaction(handle -> {
                if (first) {
                    insert(handle, "mine");
                    Race.await(inserted);
                    handle.rollback();
                } else {
                    Race.await(inserted);
                    assertTrue(insert(handle, "other"));
                }
            });
            return "done";
        });

        assertEquals(List.of("other"), notes());
    }

    @Test
    void letsExactlyOneOfManyInsertTheSameKey() {
        List<Boolean> results =
                Race.of(8, () -> data().<Boolean, RuntimeException>inTransaction(handle -> insert(handle, "any")));

        assertEquals(1, results.stream().filter(did -> did).count());
    }

    private boolean insert(Handle handle, String text) {
        return data().dialect().insertIfAbsent(handle, INSERT, Map.of("id", 1, "text", text));
    }

    @Test
    void aFailedStatementDoesNotTellWhatWasBoundToIt() {
        var failed = assertThrows(JdbiException.class, () -> data().useTransaction(
                        handle -> handle.createUpdate("INSERT INTO nowhere (id, text) VALUES (:id, :text)")
                                .bindMap(Map.of("id", 1, "text", "a secret"))
                                .execute()));

        assertFalse(failed.toString().contains("a secret"), failed.toString());
    }

    /** How long this connection waits for a lock, in the database's own words. */
    private String lockWait(Handle handle) {
        String question =
                switch (data().dialect()) {
                    case POSTGRESQL -> "SHOW lock_timeout";
                    case H2 -> "CALL LOCK_TIMEOUT()";
                    case MARIADB -> "SELECT @@innodb_lock_wait_timeout";
                };
        return handle.createQuery(question).mapTo(String.class).one();
    }

    private List<String> notes() {
        return data().withHandle(DialectContract::notes);
    }

    private static List<String> notes(Handle handle) {
        return handle.createQuery("SELECT text FROM note").mapTo(String.class).list();
    }

    private Database data() {
        return opened().database();
    }

    private TestDatabase opened() {
        if (opened == null) {
            throw new IllegalStateException("the database is opened before each test");
        }
        return opened;
    }
}
