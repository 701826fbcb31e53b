// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static dev.mobilebackend.testkit.contract.Effects.IMPATIENT;
import static dev.mobilebackend.testkit.contract.Effects.POLICY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.idempotency.jdbi.PhasedPlan;
import dev.mobilebackend.core.idempotency.jdbi.PhasedRun;
import dev.mobilebackend.core.idempotency.jdbi.PhasedWork;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What {@link PhasedWork} must do on every database. */
@Timeout(60)
public abstract class PhasedWorkContract {

    /** What a plan is begun with. */
    public record Wish(String item) {}

    /** What a phase results in. */
    public record Reserved(long id, @Nullable String note) {}

    /** What another system answers. */
    public record Charged(String key) {}

    private static final Wish TEA = new Wish("tea");

    private @Nullable Effects opened;

    /** The keys that the other system was called with. */
    private final List<String> calls = new ArrayList<>();

    protected PhasedWorkContract() {}

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
    void doesEachPhaseOnceAndAnswersARetryWithTheBytesOfTheFirst() {
        Answer first = ordering("").run(request(), TEA);

        Answer retry = ordering("").run(request(), TEA);

        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
        assertEquals(1, calls.size());
        assertArrayEquals(first.body(), retry.body());
        assertEquals("true", retry.headers().get("Idempotent-Replayed"));
    }

    @Test
    void goesOnAfterTheLastPhaseThatWasDoneWhereverARunFails() {
        for (String point : List.of("at the start", "in reserve", "before the call", "after the call", "in finish")) {
            var request = effects().request(point.replace(' ', '-'));
            calls.clear();
            int before = effects().all().size();

            assertThrows(IllegalStateException.class, () -> ordering(point).run(request, TEA));
            Answer answer = ordering("").run(request, TEA);

            assertEquals(201, answer.status(), point);
            List<String> all = effects().all();
            assertEquals(List.of("reserve tea", "finish tea"), all.subList(before, all.size()), point);
            assertEquals(1, calls.stream().distinct().count(), point);
        }
    }

    @Test
    void goesOnWithTheInputThatItWasBegunWith() {
        assertThrows(
                IllegalStateException.class, () -> ordering("before the call").run(request(), TEA));

        ordering("").run(request(), new Wish("something else"));

        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
    }

    @Test
    void refusesAKeyThatWasUsedForAnotherPayload() {
        ordering("").run(request(), TEA);

        Problem problem = refused(() -> ordering("").run(effects().request("key-1", "coffee", POLICY), TEA));

        assertEquals("idempotency-key-reused", problem.code());
    }

    @Test
    void callsAnotherSystemWithAKeyOfTheRequestAndThePhase() {
        PhasedPlan<Wish, RuntimeException> twoCalls = (run, wish) -> {
            run.foreignCall("charge", Charged.class, this::called);
            run.foreignCall("notify", Charged.class, this::called);
            return run.finish(handle -> Answer.of(204));
        };
        plan(twoCalls).run(effects().request("key-1"), TEA);
        plan(twoCalls).run(effects().request("key-2"), TEA);

        assertEquals(4, calls.stream().distinct().count());
        calls.forEach(key -> assertEquals(8, UUID.fromString(key).version()));
        calls.forEach(key -> assertEquals(2, UUID.fromString(key).variant()));
    }

    @Test
    void finishesWhatNoClientComesBackFor() {
        for (int i = 0; i < 3; i++) {
            var request = effects().request("key-" + i);
            assertThrows(IllegalStateException.class, () -> ordering("before the call")
                    .run(request, TEA));
        }

        assertEquals(2, ordering("").resumeAbandoned(POLICY, 2));
        assertEquals(1, ordering("").resumeAbandoned(POLICY, 2));
        assertEquals(0, ordering("").resumeAbandoned(POLICY, 2));

        assertEquals(3, effects().all().stream().filter("finish tea"::equals).count());
        Answer late = ordering("in reserve").run(effects().request("key-1"), TEA);
        assertEquals("true", late.headers().get("Idempotent-Replayed"));
    }

    @Test
    void leavesWhatFailsAgainAndGoesOnWithTheRest() {
        assertThrows(
                IllegalStateException.class, () -> ordering("before the call").run(request(), TEA));
        assertThrows(IllegalStateException.class, () -> ordering("before the call")
                .run(effects().request("key-2"), new Wish("coffee")));

        int finished = plan((run, wish) -> order(run, wish, wish.equals(TEA) ? "before the call" : ""))
                .resumeAbandoned(POLICY, 10);

        assertEquals(1, finished);
        assertEquals(
                List.of("reserve tea", "reserve coffee", "finish coffee"),
                effects().all());
    }

    @Test
    void leavesWorkOfOtherNamesAlone() {
        assertThrows(
                IllegalStateException.class, () -> ordering("before the call").run(request(), TEA));

        PhasedWork<Wish, RuntimeException> other =
                effects().idempotency.phased("other", Wish.class, (run, wish) -> order(run, wish, ""));

        assertEquals(0, other.resumeAbandoned(POLICY, 10));
        assertEquals(
                "idempotency-outcome-unknown",
                refused(() -> other.run(request(), TEA)).code());
    }

    @Test
    void forgetsAKeyUnderWhichNothingWasDone() {
        refused(() -> plan((run, wish) -> {
                    run.phase("reserve", handle -> {
                        Effects.add(handle, "reserve");
                        throw Problem.CONFLICT.exception();
                    });
                    return Answer.of(204);
                })
                .run(request(), TEA));

        assertEquals(0, ordering("").resumeAbandoned(POLICY, 10));
        assertEquals(List.of(), effects().all());
        assertEquals(
                201,
                ordering("")
                        .run(effects().request("key-1", "coffee", POLICY), TEA)
                        .status());
    }

    @Test
    void remembersAKeyUnderWhichAnotherSystemMayHaveBeenCalled() {
        assertThrows(IllegalStateException.class, () -> plan((run, wish) -> {
                    run.foreignCall("charge", Charged.class, key -> {
                        called(key);
                        throw new IllegalStateException("the answer was lost");
                    });
                    return Answer.of(204);
                })
                .run(request(), TEA));

        assertEquals(
                1,
                plan((run, wish) -> {
                            run.foreignCall("charge", Charged.class, this::called);
                            return run.finish(handle -> Effects.add(handle, "finish tea"));
                        })
                        .resumeAbandoned(POLICY, 10));
        assertEquals(1, calls.stream().distinct().count());
    }

    @Test
    void remembersUnfinishedWorkForLongerThanAnyAnswer() {
        assertThrows(
                IllegalStateException.class, () -> ordering("before the call").run(request(), TEA));

        effects().clock.advance(POLICY.retention().multipliedBy(30));

        assertEquals(0, effects().idempotency.purgeExpired(10));
        ordering("").run(request(), TEA);
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
        effects().clock.advance(POLICY.retention());
        assertEquals(1, effects().idempotency.purgeExpired(10));
    }

    @Test
    void takesBackALastPhaseThatAnswersWithAServerError() {
        Answer failed = plan((run, wish) -> {
                    run.phase("reserve", handle -> Effects.add(handle, "reserve tea"));
                    return run.finish(handle -> {
                        Effects.add(handle, "finish tea");
                        return Answer.of(503);
                    });
                })
                .run(request(), TEA);

        assertEquals(503, failed.status());
        assertEquals(List.of("reserve tea"), effects().all());
        assertEquals(
                1,
                plan((run, wish) -> {
                            run.phase("reserve", handle -> Effects.add(handle, "again"));
                            return run.finish(handle -> Effects.add(handle, "finish tea"));
                        })
                        .resumeAbandoned(POLICY, 1));
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
    }

    @Test
    void runsOnceHoweverManyComeAtOnce() {
        List<Answer> answers = Race.of(6, () -> ordering("").run(request(), TEA));

        assertEquals(
                1,
                answers.stream()
                        .map(answer -> new String(answer.body(), StandardCharsets.UTF_8))
                        .distinct()
                        .count());
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
        assertEquals(1, calls.size());
    }

    @Test
    void letsNobodyRunBesideAnOwnerWhoseLeaseHasNotEnded() throws Exception {
        try (var absent = new Absent()) {
            effects().clock.advance(POLICY.lease().minusMillis(1));

            Problem problem = refused(() -> ordering("").run(effects().request("key-1", IMPATIENT), TEA));

            assertEquals("idempotency-in-progress", problem.code());
            assertEquals(0, ordering("").resumeAbandoned(POLICY, 10));
            absent.comeBack();
            assertEquals(201, absent.run.get().status());
        }
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
    }

    @Test
    void letsNobodyTakeOverInTheMiddleOfAPhase() throws Exception {
        var within = new CyclicBarrier(2);
        var on = new CyclicBarrier(2);
        PhasedWork<Wish, RuntimeException> slow = plan((run, wish) -> {
            run.phase("reserve", Reserved.class, handle -> {
                Effects.add(handle, "reserve tea");
                Race.await(within);
                Race.await(on);
                return new Reserved(1, null);
            });
            return run.finish(handle -> Effects.add(handle, "finish tea"));
        });
        var first = new FutureTask<>(() -> slow.run(request(), TEA));
        Ambient.threads("slow").newThread(first).start();
        Race.await(within);
        effects().clock.advance(POLICY.lease());

        Problem problem = refused(() -> ordering("").run(effects().request("key-1", IMPATIENT), TEA));
        int resumed = ordering("").resumeAbandoned(IMPATIENT, 10);
        Race.await(on);

        assertEquals("idempotency-in-progress", problem.code());
        assertEquals(0, resumed);
        assertEquals(201, first.get().status());
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
    }

    @Test
    void fencesOffAnOwnerWhoComesBackAfterItsLease() throws Exception {
        try (var absent = new Absent()) {
            effects().clock.advance(POLICY.lease());
            Answer other = ordering("").run(request(), TEA);
            absent.comeBack();

            ExecutionException tooLate = assertThrows(ExecutionException.class, absent.run::get);

            assertEquals(
                    "idempotency-in-progress",
                    assertInstanceOf(ProblemException.class, tooLate.getCause())
                            .problem()
                            .code());
            assertArrayEquals(other.body(), ordering("").run(request(), TEA).body());
        }
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
        assertEquals(1, calls.stream().distinct().count());
    }

    @Test
    void fencesOffAnOwnerWhoComesBackWhileAnotherIsAtIt() throws Exception {
        try (var absent = new Absent()) {
            effects().clock.advance(POLICY.lease());
            try (var other = new Absent()) {
                absent.comeBack();
                assertThrows(ExecutionException.class, absent.run::get);

                other.comeBack();

                assertEquals(201, other.run.get().status());
            }
        }
        assertEquals(List.of("reserve tea", "finish tea"), effects().all());
    }

    @Test
    void refusesAPlanWhosePhasesHaveChanged() {
        assertThrows(
                IllegalStateException.class, () -> ordering("before the call").run(request(), TEA));

        assertThrows(IllegalStateException.class, () -> plan((run, wish) -> {
                    run.phase("check", Reserved.class, handle -> new Reserved(1, null));
                    return run.finish(handle -> Effects.add(handle, "finish"));
                })
                .run(request(), TEA));
        assertThrows(IllegalStateException.class, () -> plan((run, wish) -> {
                    run.phase("reserve", Charged.class, handle -> new Charged("a record of another kind"));
                    return run.finish(handle -> Effects.add(handle, "finish"));
                })
                .run(request(), TEA));

        assertEquals(List.of("reserve tea"), effects().all());
    }

    @Test
    void refusesAPlanThatDoesNotFinish() {
        assertThrows(IllegalStateException.class, () -> plan((run, wish) -> Answer.of(204))
                .run(request(), TEA));
    }

    @Test
    void refusesTwoPhasesOfOneName() {
        assertThrows(IllegalArgumentException.class, () -> plan((run, wish) -> {
                    run.phase("reserve", handle -> {});
                    run.phase("reserve", handle -> {});
                    return run.finish(handle -> Answer.of(204));
                })
                .run(request(), TEA));
    }

    @Test
    void refusesToBePartOfATransaction() {
        assertThrows(IllegalStateException.class, () -> effects().database().useTransaction(handle -> ordering("")
                .run(request(), TEA)));

        assertEquals(List.of(), effects().all());
    }

    @Test
    void isNoAnswerYetForAtomicWork() {
        assertThrows(
                IllegalStateException.class, () -> ordering("before the call").run(request(), TEA));

        Problem problem =
                refused(() -> effects().idempotency.inTransaction(request(), handle -> Effects.add(handle, "other")));

        assertEquals("idempotency-outcome-unknown", problem.code());
    }

    private PhasedWork<Wish, RuntimeException> ordering(String failing) {
        return plan((run, wish) -> order(run, wish, failing));
    }

    private PhasedWork<Wish, RuntimeException> plan(PhasedPlan<Wish, RuntimeException> plan) {
        return effects().idempotency.phased("order", Wish.class, plan);
    }

    private Answer order(PhasedRun run, Wish wish, String failing) {
        failIf(failing, "at the start");
        Reserved reserved = run.phase("reserve", Reserved.class, handle -> {
            Effects.add(handle, "reserve " + wish.item());
            failIf(failing, "in reserve");
            return new Reserved(calls.size() + 7L, null);
        });
        Charged charged = run.foreignCall("charge", Charged.class, key -> {
            failIf(failing, "before the call");
            Charged answer = called(key);
            failIf(failing, "after the call");
            return answer;
        });
        return run.finish(handle -> {
            Effects.add(handle, "finish " + wish.item());
            failIf(failing, "in finish");
            return Answer.json(201, JsonBody.write(List.of(reserved, charged)));
        });
    }

    private static void failIf(String failing, String point) {
        if (failing.equals(point)) {
            throw new IllegalStateException("failed " + point);
        }
    }

    private Charged called(String key) {
        synchronized (calls) {
            calls.add(key);
        }
        return new Charged(key);
    }

    /** A run that has called the other system, and does not go on until it is told to. */
    private final class Absent implements AutoCloseable {

        final FutureTask<Answer> run;
        private final CyclicBarrier away = new CyclicBarrier(2);
        private final CyclicBarrier back = new CyclicBarrier(2);
        private boolean isBack;

        Absent() {
            PhasedWork<Wish, RuntimeException> work = plan((phases, wish) -> {
                phases.phase("reserve", Reserved.class, handle -> {
                    Effects.add(handle, "reserve tea");
                    return new Reserved(1, null);
                });
                phases.foreignCall("charge", Charged.class, key -> {
                    Charged answer = called(key);
                    Race.await(away);
                    Race.await(back);
                    return answer;
                });
                return phases.finish(handle -> Effects.add(handle, "finish tea"));
            });
            run = new FutureTask<>(() -> work.run(request(), TEA));
            Ambient.threads("absent").newThread(run).start();
            Race.await(away);
        }

        void comeBack() {
            if (!isBack) {
                isBack = true;
                Race.await(back);
            }
        }

        @Override
        public void close() {
            comeBack();
        }
    }

    private IdempotentRequest request() {
        return effects().request("key-1");
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
