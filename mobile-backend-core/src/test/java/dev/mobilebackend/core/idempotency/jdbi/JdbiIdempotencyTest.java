// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbiIdempotencyTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final IdempotencyPolicy POLICY = IdempotencyPolicy.standard();

    private Handle keepsTheDatabase;
    private JdbiIdempotency idempotency;

    @BeforeEach
    void createTables() {
        Jdbi jdbi = Jdbi.create("jdbc:h2:mem:" + UUID.randomUUID());
        keepsTheDatabase = jdbi.open();
        Database database = Database.of(jdbi);
        Schema.install(database, Schema.CORE);
        keepsTheDatabase.execute("CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, item varchar(20))");
        idempotency = new JdbiIdempotency(database);
    }

    @AfterEach
    void dropTables() {
        keepsTheDatabase.close();
    }

    @Test
    void answersARetryWithTheFirstAnswerAndDoesTheWorkOnce() {
        Answer first = order("ann", "key-1", "tea", NOW);

        Answer retry = order("ann", "key-1", "tea", NOW.plusSeconds(5));

        assertEquals(1, orders());
        assertEquals(201, retry.status());
        assertArrayEquals(first.body(), retry.body());
        assertEquals("/orders/1", retry.headers().get("Location"));
        assertEquals("true", retry.headers().get("Idempotent-Replayed"));
    }

    @Test
    void readsAQuotedAndABareKeyAsTheSame() {
        order("ann", "\"key-1\"", "tea", NOW);

        assertEquals("true", order("ann", "key-1", "tea", NOW).headers().get("Idempotent-Replayed"));
    }

    @Test
    void refusesAKeyThatWasUsedForAnotherPayload() {
        order("ann", "key-1", "tea", NOW);

        Problem problem = assertThrows(ProblemException.class, () -> order("ann", "key-1", "coffee", NOW))
                .problem();

        assertEquals("idempotency-key-reused", problem.code());
        assertEquals(1, orders());
    }

    @Test
    void keepsTheKeysOfTwoCallersApart() {
        order("ann", "key-1", "tea", NOW);

        Answer other = order("bob", "key-1", "tea", NOW);

        assertEquals("/orders/2", other.headers().get("Location"));
        assertEquals(2, orders());
    }

    @Test
    void storesNothingWhereTheWorkFails() {
        assertThrows(
                ProblemException.class,
                () -> idempotency.inTransaction(exchange("ann", "key-1", "tea", NOW), handle -> {
                    insert(handle, "tea");
                    throw Problem.CONFLICT.exception();
                }));

        Answer retry = order("ann", "key-1", "tea", NOW);

        assertEquals(201, retry.status());
        assertEquals(1, orders());
    }

    @Test
    void storesNothingWhereTheWorkAnswersWithAServerError() {
        Answer failed = idempotency.inTransaction(exchange("ann", "key-1", "tea", NOW), handle -> {
            insert(handle, "tea");
            return Answer.of(503);
        });

        assertEquals(503, failed.status());
        assertEquals(0, orders());
        assertEquals(201, order("ann", "key-1", "tea", NOW).status());
    }

    @Test
    void doesTheWorkAgainOnceTheAnswerHasExpired() {
        order("ann", "key-1", "tea", NOW);

        order("ann", "key-1", "tea", NOW.plus(POLICY.retention()).minusSeconds(1));
        order("ann", "key-1", "tea", NOW.plus(POLICY.retention()));

        assertEquals(2, orders());
    }

    @Test
    void tellsADuplicateToComeBackWhereTheFirstRunsTooLong() {
        var impatient = new IdempotencyPolicy(Duration.ofHours(1), Duration.ofMillis(20), 1000);

        idempotency.inTransaction(exchange("ann", "key-1", "tea", NOW), handle -> {
            ProblemException refused = assertInstanceOf(
                    ProblemException.class,
                    CompletableFuture.supplyAsync(() -> idempotency.inTransaction(
                                    TestExchange.order("ann", "key-1", "tea", NOW, impatient),
                                    neverRuns -> Answer.of(200)))
                            .handle((answer, failure) -> failure.getCause())
                            .join());

            assertEquals("idempotency-in-progress", refused.problem().code());
            assertEquals("1", refused.problem().headers().get("Retry-After"));
            return Answer.of(200);
        });
    }

    @Test
    void letsTheWorkWaitForLocksAsLongAsItDidBefore() {
        long before = lockWait(keepsTheDatabase);

        idempotency.inTransaction(exchange("ann", "key-1", "tea", NOW), handle -> {
            assertEquals(before, lockWait(handle));
            return Answer.of(204);
        });
    }

    @Test
    void givesADuplicateThatWaitedTheAnswerOfTheFirst() {
        var duplicate = new CompletableFuture<Answer>();
        Answer first = idempotency.inTransaction(exchange("ann", "key-1", "tea", NOW), handle -> {
            duplicate.completeAsync(() -> order("ann", "key-1", "tea", NOW));
            return Answer.json(201, "{\"id\":" + insert(handle, "tea") + "}");
        });

        assertArrayEquals(first.body(), duplicate.join().body());
        assertEquals(1, orders());
    }

    private Answer order(String account, String key, String item, Instant now) {
        return idempotency.inTransaction(exchange(account, key, item, now), handle -> {
            long id = insert(handle, item);
            return Answer.json(201, "{\"id\":" + id + "}").header("Location", "/orders/" + id);
        });
    }

    private static Exchange exchange(String account, String key, String body, Instant now) {
        return TestExchange.order(account, key, body, now, POLICY);
    }

    private static long insert(Handle handle, String item) {
        return handle.createUpdate("INSERT INTO orders (item) VALUES (:item)")
                .bind("item", item)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
    }

    private static long lockWait(Handle handle) {
        return handle.createQuery("CALL LOCK_TIMEOUT()").mapTo(Long.class).one();
    }

    private int orders() {
        return keepsTheDatabase
                .createQuery("SELECT count(*) FROM orders")
                .mapTo(Integer.class)
                .one();
    }
}
