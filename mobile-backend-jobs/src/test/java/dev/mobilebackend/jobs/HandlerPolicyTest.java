// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandlerPolicyTest {

    @JobKind("note")
    record Note(String text) {}

    private static final RandomGenerator NO_CHANCE = () -> 0;
    private static final RetryPolicy THREE_ATTEMPTS = RetryPolicy.exponential(
                    Duration.ofSeconds(10), Duration.ofMinutes(1))
            .attempts(3);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final List<String> ran = new ArrayList<>();

    @Test
    void givesUpAtOnceWhereAnErrorSaysThatNothingWillHelp() {
        Worker worker = failing(new FileNotFoundException("gone"), HandlerPolicy.STANDARD.giveUpOn(IOException.class));

        worker.runDue();

        assertEquals("java.io.FileNotFoundException: gone", store.dead(1).get(0).error());
        assertEquals(1, ran.size());
    }

    @Test
    void triesOtherErrorsAgain() {
        Worker worker = failing(new IllegalStateException(), HandlerPolicy.STANDARD.giveUpOn(IOException.class));

        worker.runDue();

        assertEquals(List.of(), store.dead(1));
        assertEquals(Duration.ofSeconds(10), waitOfTheNext(worker));
    }

    @Test
    void followsTheRuleForTheNearestClass() {
        HandlerPolicy policy =
                HandlerPolicy.STANDARD.giveUpOn(IOException.class).retryOn(FileNotFoundException.class);
        Worker worker = failing(new FileNotFoundException("not yet"), policy);

        worker.runDue();

        assertEquals(List.of(), store.dead(1));
    }

    @Test
    void looksForARuleAmongTheCauses() {
        var wrapped = new IllegalStateException(new UncheckedIOException(new IOException("refused")));
        Worker worker = failing(wrapped, HandlerPolicy.STANDARD.giveUpOn(IOException.class));

        worker.runDue();

        assertEquals(1, store.dead(1).size());
    }

    @Test
    void looksAtCausesThatGoInACircleOnce() {
        var one = new IllegalStateException("one");
        var other = new IllegalStateException("other", one);
        one.initCause(other);
        Worker worker = failing(one, HandlerPolicy.STANDARD.giveUpOn(IOException.class));

        worker.runDue();

        assertEquals(Duration.ofSeconds(10), waitOfTheNext(worker));
    }

    @Test
    void waitsAsLongAsTheErrorSays() {
        HandlerPolicy policy =
                HandlerPolicy.STANDARD.retryAfter(IOException.class, busy -> Duration.parse(busy.getMessage()));
        Worker worker = failing(new IOException("PT7M"), policy);

        worker.runDue();

        assertEquals(Duration.ofMinutes(7), waitOfTheNext(worker));
    }

    @Test
    void countsAnAttemptWhoseErrorSaidHowLongToWait() {
        HandlerPolicy policy = HandlerPolicy.STANDARD.retryAfter(IOException.class, busy -> Duration.ZERO);
        Worker worker = failing(new IOException("busy"), policy);

        worker.runDue();

        assertEquals(3, ran.size());
        assertEquals(1, store.dead(1).size());
    }

    @Test
    void boundsAWaitThatAnErrorMadeUp() {
        HandlerPolicy policy =
                HandlerPolicy.STANDARD.retryAfter(IOException.class, busy -> Duration.parse(busy.getMessage()));
        Worker past = failing(new IOException("PT-1S"), policy);

        past.runDue();

        assertEquals(3, ran.size());
        assertEquals(
                new HandlerPolicy.Verdict.RetryAfter(NewJob.LONGEST_DELAY),
                policy.verdict(new IOException("PT999999999H")));
    }

    @Test
    void takesTheUsualWaitWhereTheErrorSaysNoneOrItsRuleFails() {
        HandlerPolicy silent = HandlerPolicy.STANDARD.retryAfter(IOException.class, busy -> null);
        HandlerPolicy broken = HandlerPolicy.STANDARD.retryAfter(IOException.class, busy -> {
            throw new IllegalStateException("the rule is broken");
        });
        for (HandlerPolicy policy : List.of(silent, broken)) {
            Worker worker = failing(new IOException("busy"), policy);

            worker.runDue();

            assertEquals(Duration.ofSeconds(10), waitOfTheNext(worker));
            clock.advance(Duration.ofDays(1));
            worker.runDue();
            clock.advance(Duration.ofDays(1));
            worker.runDue();
        }
    }

    @Test
    void hasRetriesOfItsOwn() {
        Worker worker = failing(new IOException(), HandlerPolicy.STANDARD.retry(THREE_ATTEMPTS.attempts(1)));

        worker.runDue();

        assertEquals(1, store.dead(1).size());
    }

    @Test
    void tellsAHandlerThatItsTimeIsOver() {
        Worker worker = worker(
                (note, context) -> {
                    while (!context.cancelled()) {
                        Thread.onSpinWait();
                    }
                    context.throwIfCancelled();
                },
                HandlerPolicy.STANDARD.timeout(SHORT).giveUpOn(CancellationException.class));

        worker.runDue();

        assertEquals(
                "timed out after PT0.02S: java.util.concurrent.CancellationException: the attempt was told to end",
                store.dead(1).get(0).error());
    }

    @Test
    void countsAsDoneWhatEndsWellHoweverLate() {
        Worker worker = worker(
                (note, context) -> {
                    while (!context.cancelled()) {
                        Thread.onSpinWait();
                    }
                },
                HandlerPolicy.STANDARD.timeout(SHORT));

        worker.runDue();

        assertEquals(List.of(), store.counts());
    }

    @Test
    void interruptsAHandlerThatWaitsAndNotTheNext() {
        var never = new CountDownLatch(1);
        var interrupted = new ArrayList<Boolean>();
        Worker worker = worker(
                (note, context) -> {
                    if (note.text().equals("stuck")) {
                        never.await();
                    }
                    interrupted.add(Thread.currentThread().isInterrupted());
                },
                HandlerPolicy.STANDARD.interruptAfter(SHORT).giveUpOn(InterruptedException.class));
        store.enqueue(NewJob.of(new Note("stuck")));

        worker.runDue();

        assertEquals(
                "timed out after PT0.02S: java.lang.InterruptedException",
                store.dead(1).get(0).error());
        assertEquals(List.of(false), interrupted);
    }

    @Test
    void leavesNoInterruptBehindThatTheHandlerDidNotTake() {
        Worker worker = worker(
                (note, context) -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                },
                HandlerPolicy.STANDARD.interruptAfter(SHORT));

        worker.runDue();

        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void interruptsNobodyUnlessAsked() {
        Worker worker = worker(
                (note, context) -> {
                    while (!context.cancelled()) {
                        Thread.onSpinWait();
                    }
                    ran.add("interrupted: " + Thread.currentThread().isInterrupted());
                },
                HandlerPolicy.STANDARD.timeout(SHORT));

        worker.runDue();

        assertEquals(List.of("interrupted: false"), ran);
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThrows(IllegalArgumentException.class, () -> HandlerPolicy.STANDARD.timeout(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> HandlerPolicy.STANDARD.giveUpOn(IOException.class).retryOn(IOException.class));
        assertTrue(HandlerPolicy.STANDARD.retry(THREE_ATTEMPTS) != HandlerPolicy.STANDARD);
    }

    private Worker failing(Exception error, HandlerPolicy policy) {
        return worker(
                (note, context) -> {
                    ran.add(note.text());
                    throw error;
                },
                policy);
    }

    private Worker worker(JobHandler<Note> handler, HandlerPolicy policy) {
        store.enqueue(NewJob.of(new Note("it")));
        return Worker.builder(store)
                .handle(Note.class, handler, policy)
                .retry(THREE_ATTEMPTS)
                .random(NO_CHANCE)
                .build();
    }

    /** How far the clock is moved until the job runs again. */
    private Duration waitOfTheNext(Worker worker) {
        int before = ran.size();
        Duration waited = Duration.ZERO;
        while (ran.size() == before) {
            waited = waited.plusSeconds(1);
            clock.advance(Duration.ofSeconds(1));
            worker.runDue();
        }
        return waited;
    }
}
