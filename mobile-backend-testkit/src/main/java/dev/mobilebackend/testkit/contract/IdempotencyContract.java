// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static dev.mobilebackend.testkit.contract.Effects.IMPATIENT;
import static dev.mobilebackend.testkit.contract.Effects.POLICY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What {@link JdbiIdempotency#inTransaction} must do on every database, and the purge of what it keeps. */
@Timeout(60)
public abstract class IdempotencyContract {

    private @Nullable Effects opened;

    protected IdempotencyContract() {}

    /** A new and empty database; the contract closes it. */
    protected abstract TestDatabase database();

    @BeforeEach
    void open() {
        opened = new Effects(database());
    }

    @AfterEach
    void close() {
        effects().close();
    }

    @Test
    void answersARetryWithTheBytesOfTheFirstAndDoesTheWorkOnce() {
        Answer first = order("key-1");

        Answer retry = order("key-1");

        assertEquals(List.of("order"), effects().all());
        assertEquals(first.status(), retry.status());
        assertArrayEquals(first.body(), retry.body());
        assertEquals(first.headers().get("Location"), retry.headers().get("Location"));
        assertEquals("true", retry.headers().get("Idempotent-Replayed"));
    }

    @Test
    void doesTheWorkOfEachKey() {
        order("key-1");

        order("key-2");

        assertEquals(List.of("order", "order"), effects().all());
    }

    @Test
    void refusesAKeyThatWasUsedForAnotherPayload() {
        order("key-1");

        Problem problem = refused(() -> order(effects().request("key-1", "coffee", POLICY)));

        assertEquals("idempotency-key-reused", problem.code());
        assertEquals(List.of("order"), effects().all());
    }

    @Test
    void keepsNothingOfWorkThatThrows() {
        refused(() -> idempotency().inTransaction(effects().request("key-1"), handle -> {
            Effects.add(handle, "order");
            throw Problem.CONFLICT.exception();
        }));

        Answer retry = order("key-1");

        assertEquals(201, retry.status());
        assertEquals(List.of("order"), effects().all());
    }

    @Test
    void keepsNothingOfWorkThatAnswersWithAServerError() {
        Answer failed = idempotency().inTransaction(effects().request("key-1"), handle -> {
            Effects.add(handle, "order");
            return Answer.of(503);
        });

        assertEquals(503, failed.status());
        assertEquals(List.of(), effects().all());
        assertEquals(201, order("key-1").status());
    }

    @Test
    void keepsARefusalThatTheWorkItselfHasAnsweredWith() {
        idempotency().inTransaction(effects().request("key-1"), handle -> Answer.of(409));

        assertEquals(409, order("key-1").status());
    }

    @Test
    void keepsFieldsOfTheAnswerButNoneOfItsDelivery() {
        IdempotentRequest request = effects().request("key-1");
        idempotency()
                .inTransaction(
                        request,
                        handle -> new Answer(
                                201,
                                Map.of(
                                        "Content-Type",
                                        "text/plain",
                                        "etag",
                                        "\"1\"",
                                        "Set-Cookie",
                                        "s=1",
                                        "Authorization",
                                        "Bearer t",
                                        "X-Request-Id",
                                        "r",
                                        "Cache-Control",
                                        "no-store"),
                                new byte[] {1}));

        Answer retry = order(request);

        assertEquals(
                Map.of("Content-Type", "text/plain", "etag", "\"1\"", "Idempotent-Replayed", "true"), retry.headers());
    }

    @Test
    void sendsARetryOnToWhatIsTooLargeToKeep() {
        IdempotentRequest request = effects().request("key-1", POLICY.maximumBody(3));

        Answer first = order(request);
        Answer retry = order(request);

        assertEquals(201, first.status());
        assertEquals(303, retry.status());
        assertEquals(first.headers().get("Location"), retry.headers().get("Location"));
        assertEquals(0, retry.body().length);
        assertEquals(List.of("order"), effects().all());
    }

    @Test
    void takesBackWorkWhoseAnswerCanNeitherBeKeptNorFound() {
        IdempotentRequest request = effects().request("key-1", POLICY.maximumBody(3));

        assertThrows(IllegalStateException.class, () -> idempotency()
                .inTransaction(
                        request,
                        handle -> Answer.json(201, Effects.add(handle, "order").body())));

        assertEquals(List.of(), effects().all());
    }

    @Test
    void doesTheWorkAgainOnceTheAnswerIsNoLongerKept() {
        order("key-1");

        effects().clock.advance(POLICY.retention().minusSeconds(1));
        order("key-1");
        assertEquals(1, effects().all().size());

        effects().clock.advance(Duration.ofSeconds(1));
        order("key-1");
        assertEquals(2, effects().all().size());
    }

    @Test
    void runsTheWorkOnceHoweverManyComeAtOnce() {
        List<Answer> answers = Race.of(8, this::orderUntilAnswered);

        assertEquals(
                1, answers.stream().map(IdempotencyContract::text).distinct().count());
        assertEquals(List.of("order"), effects().all());
    }

    @Test
    void givesADuplicateThatWaitedTheAnswerOfTheFirst() throws Exception {
        var duplicate = new FutureTask<>(() -> order("key-1"));

        Answer first = idempotency().inTransaction(effects().request("key-1"), handle -> {
            start(duplicate);
            return Effects.add(handle, "order");
        });

        assertArrayEquals(first.body(), duplicate.get().body());
        assertEquals(List.of("order"), effects().all());
    }

    @Test
    void letsADuplicateThatWaitedDoTheWorkThatTheFirstHasTakenBack() throws Exception {
        var duplicate = new FutureTask<>(() -> order("key-1"));

        refused(() -> idempotency().inTransaction(effects().request("key-1"), handle -> {
            Effects.add(handle, "first");
            start(duplicate);
            throw Problem.CONFLICT.exception();
        }));

        assertEquals(201, duplicate.get().status());
        assertEquals(List.of("order"), effects().all());
    }

    @Test
    void tellsADuplicateToComeBackWhereTheFirstRunsTooLong() throws Exception {
        var duplicate = new FutureTask<>(() -> refused(() -> order(effects().request("key-1", IMPATIENT))));

        idempotency().inTransaction(effects().request("key-1"), handle -> {
            start(duplicate);
            assertEquals("idempotency-in-progress", duplicate.get().code());
            return Answer.of(204);
        });

        assertEquals("1", duplicate.get().headers().get("Retry-After"));
        assertEquals(List.of(), effects().all());
    }

    @Test
    void letsTheWorkWaitForLocksAsLongAsItDidBefore() {
        String before = effects().database().withHandle(this::lockWait);

        Answer during =
                idempotency().inTransaction(effects().request("key-1"), handle -> Answer.json(200, lockWait(handle)));

        assertEquals(before, text(during));
    }

    @Test
    void purgesWhatIsNoLongerKeptALittleAtATime() {
        for (int i = 0; i < 5; i++) {
            order("old-" + i);
        }
        effects().clock.advance(POLICY.retention());
        order("new");

        assertEquals(3, idempotency().purgeExpired(3));
        assertEquals(2, idempotency().purgeExpired(3));
        assertEquals(0, idempotency().purgeExpired(3));
        assertEquals("true", order("new").headers().get("Idempotent-Replayed"));
    }

    @Test
    void refusesAPurgeOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> idempotency().purgeExpired(0));
    }

    /** As a client that is told to come back does, but at once. */
    private Answer orderUntilAnswered() {
        while (true) {
            try {
                return order("key-1");
            } catch (ProblemException refused) {
                assertEquals("idempotency-in-progress", refused.problem().code());
            }
        }
    }

    private Answer order(String key) {
        return order(effects().request(key));
    }

    private Answer order(IdempotentRequest request) {
        return idempotency().inTransaction(request, handle -> Effects.add(handle, "order"));
    }

    private String lockWait(Handle handle) {
        String question =
                switch (effects().database().dialect()) {
                    case POSTGRESQL -> "SHOW lock_timeout";
                    case H2 -> "CALL LOCK_TIMEOUT()";
                    case MARIADB -> "SELECT @@innodb_lock_wait_timeout";
                };
        return handle.createQuery(question).mapTo(String.class).one();
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static void start(FutureTask<?> task) {
        Ambient.threads("duplicate").newThread(task).start();
    }

    private static Problem refused(Executable call) {
        return assertThrows(ProblemException.class, call).problem();
    }

    private JdbiIdempotency idempotency() {
        return effects().idempotency;
    }

    private Effects effects() {
        if (opened == null) {
            throw new IllegalStateException("the database is opened before each test");
        }
        return opened;
    }
}
