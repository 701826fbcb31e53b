// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static dev.mobilebackend.testkit.contract.Effects.IMPATIENT;
import static dev.mobilebackend.testkit.contract.Effects.POLICY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What {@link JdbiIdempotency#detached} must do on every database. */
@Timeout(60)
public abstract class DetachedWorkContract {

    private static final IdempotencyPolicy RERUN = POLICY.safeToRerun();

    private @Nullable Effects opened;

    protected DetachedWorkContract() {}

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
        Answer first = send(POLICY);

        Answer retry = send(POLICY);

        assertEquals(List.of("sent"), effects().all());
        assertArrayEquals(first.body(), retry.body());
        assertEquals("true", retry.headers().get("Idempotent-Replayed"));
    }

    @Test
    void runsOnceHoweverManyComeAtOnce() {
        List<Answer> answers = Race.of(6, () -> send(POLICY));

        assertEquals(
                1,
                answers.stream()
                        .map(answer -> new String(answer.body(), StandardCharsets.UTF_8))
                        .distinct()
                        .count());
        assertEquals(List.of("sent"), effects().all());
    }

    @Test
    void refusesAKeyThatWasUsedForAnotherPayload() {
        send(POLICY);

        Problem problem = refused(() -> send(effects().request("key-1", "coffee", POLICY)));

        assertEquals("idempotency-key-reused", problem.code());
    }

    @Test
    void neverRunsAgainWhatMayHaveHadItsEffect() {
        assertThrows(IllegalStateException.class, () -> sendAndFail(POLICY));

        assertEquals("idempotency-outcome-unknown", refused(() -> send(POLICY)).code());

        effects().clock.advance(POLICY.retention().minusSeconds(1));
        assertEquals("idempotency-outcome-unknown", refused(() -> send(POLICY)).code());
        assertEquals(List.of("sent"), effects().all());
    }

    @Test
    void countsAServerErrorAsAnUnknownOutcome() {
        Answer failed = effects().idempotency.detached(request(POLICY), () -> {
            effects().add("sent");
            return Answer.of(502);
        });

        assertEquals(502, failed.status());
        assertEquals("idempotency-outcome-unknown", refused(() -> send(POLICY)).code());
    }

    @Test
    void tellsWhereToFindOutWhatIsUnknown() {
        IdempotentRequest plain = request(POLICY);
        var request = new IdempotentRequest(plain.scope(), plain.fingerprint(), POLICY, "/v1/transfers/by-key/key-1");
        assertThrows(IllegalStateException.class, () -> effects().idempotency.detached(request, () -> {
            throw new IllegalStateException("crashed");
        }));

        Problem problem = refused(() -> send(request));

        assertEquals(409, problem.status());
        assertEquals("/v1/transfers/by-key/key-1", problem.extensions().get("statusUrl"));
        assertEquals(
                "</v1/transfers/by-key/key-1>; rel=\"status\"",
                problem.headers().get("Link"));
    }

    @Test
    void keepsARefusalThatTheWorkHasAnsweredWith() {
        effects().idempotency.detached(request(POLICY), () -> Answer.of(402));

        assertEquals(402, send(POLICY).status());
        assertEquals(List.of(), effects().all());
    }

    @Test
    void runsAgainWhatIsDeclaredSafe() {
        assertThrows(IllegalStateException.class, () -> sendAndFail(RERUN));

        assertEquals(201, send(RERUN).status());
        assertEquals("true", send(RERUN).headers().get("Idempotent-Replayed"));
        assertEquals(List.of("sent", "sent"), effects().all());
    }

    @Test
    void tellsADuplicateToComeBackWhileTheFirstMayStillWork() throws Exception {
        try (var absent = new Absent(RERUN)) {
            effects().clock.advance(POLICY.lease().minusMillis(1));

            assertEquals(
                    "idempotency-in-progress",
                    refused(() -> send(IMPATIENT.safeToRerun())).code());

            absent.comeBack();
            assertArrayEquals(absent.answer().body(), send(RERUN).body());
        }
        assertEquals(List.of("sent"), effects().all());
    }

    @Test
    void givesADuplicateThatWaitedTheAnswerOfTheFirst() throws Exception {
        try (var absent = new Absent(POLICY)) {
            var duplicate = new FutureTask<>(() -> send(POLICY));
            Ambient.threads("duplicate").newThread(duplicate).start();

            absent.comeBack();

            assertArrayEquals(absent.answer().body(), duplicate.get().body());
        }
    }

    @Test
    void givesTheAnswerThatComesAfterTheLease() throws Exception {
        try (var absent = new Absent(POLICY)) {
            effects().clock.advance(POLICY.lease());
            assertEquals(
                    "idempotency-outcome-unknown", refused(() -> send(POLICY)).code());

            absent.comeBack();

            assertArrayEquals(absent.answer().body(), send(POLICY).body());
        }
        assertEquals(List.of("sent"), effects().all());
    }

    @Test
    void givesWhoComesBackAfterItsLeaseTheAnswerOfWhoWasQuicker() throws Exception {
        try (var absent = new Absent(RERUN)) {
            effects().clock.advance(POLICY.lease());
            Answer quicker = send(RERUN);

            absent.comeBack();

            assertArrayEquals(quicker.body(), absent.answer().body());
        }
    }

    @Test
    void isUnknownToAtomicWorkToo() {
        assertThrows(IllegalStateException.class, () -> sendAndFail(POLICY));

        Problem problem = refused(
                () -> effects().idempotency.inTransaction(request(POLICY), handle -> Effects.add(handle, "other")));

        assertEquals("idempotency-outcome-unknown", problem.code());
        assertEquals(List.of("sent"), effects().all());
    }

    @Test
    void refusesToBePartOfATransaction() {
        assertThrows(IllegalStateException.class, () -> effects().database().useTransaction(handle -> send(POLICY)));

        assertEquals(List.of(), effects().all());
    }

    @Test
    void isForgottenAfterItsRetention() {
        assertThrows(IllegalStateException.class, () -> sendAndFail(POLICY));

        effects().clock.advance(POLICY.retention());

        assertEquals(1, effects().idempotency.purgeExpired(10));
    }

    private Answer send(IdempotencyPolicy policy) {
        return send(request(policy));
    }

    private Answer send(IdempotentRequest request) {
        return effects().idempotency.detached(request, () -> effects().add("sent"));
    }

    private void sendAndFail(IdempotencyPolicy policy) {
        effects().idempotency.detached(request(policy), () -> {
            effects().add("sent");
            throw new IllegalStateException("crashed");
        });
    }

    private IdempotentRequest request(IdempotencyPolicy policy) {
        return effects().request("key-1", policy);
    }

    /** Work that has had its effect, and does not answer until it is told to. */
    private final class Absent implements AutoCloseable {

        private final FutureTask<Answer> run;
        private final CyclicBarrier away = new CyclicBarrier(2);
        private final CyclicBarrier back = new CyclicBarrier(2);
        private boolean isBack;

        Absent(IdempotencyPolicy policy) {
            run = new FutureTask<>(() -> effects().idempotency.detached(request(policy), () -> {
                Answer answer = effects().add("sent");
                Race.await(away);
                Race.await(back);
                return answer;
            }));
            Ambient.threads("absent").newThread(run).start();
            Race.await(away);
        }

        void comeBack() {
            if (!isBack) {
                isBack = true;
                Race.await(back);
            }
        }

        Answer answer() throws Exception {
            return run.get();
        }

        @Override
        public void close() {
            comeBack();
        }
    }

    private static Problem refused(Executable call) {
        return assertThrows(ProblemException.class, call).problem();
    }

    private Effects effects() {
        if (opened == null) {
            throw new IllegalStateException("the database is opened before each test");
        }
        return opened;
    }
}
