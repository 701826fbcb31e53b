// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunFiguresTest {

    @JobKind("note")
    record Note(String text) {}

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final List<JobRun> heard = new ArrayList<>();

    @Test
    void eachRunIsToldWithHowLongItWaitedAndTook() {
        RunMeter meter = meter(heard::add);

        meter.run(job("done", 1, Duration.ofSeconds(3)));

        assertEquals(
                List.of(new JobRun(
                        "mail",
                        "note",
                        new JobOutcome.Done(new Claim(1, 1, 1, 1)),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(2))),
                heard);
    }

    @Test
    void anObserverThatFailsHarmsNobody() {
        RunMeter meter = new RunMeter(
                "mail",
                runner(),
                List.of(
                        run -> {
                            throw new IllegalStateException("full");
                        },
                        heard::add),
                clock::ticks);

        JobOutcome outcome = meter.run(job("done", 1, Duration.ZERO));

        assertEquals(JobOutcome.Done.class, outcome.getClass());
        assertEquals(1, heard.size());
    }

    @Test
    void runsAreAddedUpByWhatBecameOfThem() {
        RunMeter meter = meter(heard::add);

        meter.run(job("done", 1, Duration.ofSeconds(3)));
        meter.run(job("done", 1, Duration.ofSeconds(1)));
        meter.run(job("fails", 1, Duration.ZERO));
        meter.run(job("fails", RetryPolicy.STANDARD.attempts(), Duration.ZERO));
        meter.run(job("snoozes", 1, Duration.ofHours(1)));
        RunTally first = meter.take();
        RunTally second = meter.take();

        assertEquals(
                new RunTally(
                        "mail",
                        2,
                        1,
                        1,
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(3)),
                first);
        assertEquals(RunTally.none("mail"), second);
        assertEquals(5, heard.size());
    }

    @Test
    void aWorkerThatRanDueJobsHasToldItsStore() {
        store.enqueue(NewJob.of(new Note("done")));

        Worker.builder(store).handle(Note.class, this::run).build().runDue();

        assertEquals(1, store.view().minutes(Duration.ofHours(1)).get(0).runs().done());
    }

    @Test
    void figuresThatTheStoreDidNotTakeComeWithTheNext() {
        var taken = new ArrayList<RunTally>();
        var refusing = new ArrayList<>(List.of(true, false));
        var watched = new WatchedStore(store) {
            @Override
            public void note(long owner, List<RunTally> tallies) {
                if (refusing.remove(0)) {
                    throw new IllegalStateException("there is no connection");
                }
                taken.addAll(tallies);
            }
        };
        RunMeter meter = meter(heard::add);
        var minutes = new RunMinutes(watched, List.of(meter), clock::ticks);
        meter.run(job("done", 1, Duration.ZERO));

        minutes.note(1);
        meter.run(job("done", 1, Duration.ZERO));
        minutes.note(1);

        assertEquals(List.of(2L), taken.stream().map(RunTally::done).toList());
    }

    @Test
    void theStoreIsToldEveryTenSecondsAndOnlyOfRuns() {
        var times = new ArrayList<Integer>();
        var watched = new WatchedStore(store) {
            @Override
            public void note(long owner, List<RunTally> tallies) {
                times.add(tallies.size());
            }
        };
        RunMeter meter = meter(heard::add);
        var minutes = new RunMinutes(watched, List.of(meter), clock::ticks);

        clock.advance(Duration.ofSeconds(60));
        minutes.noteIfTime(1);
        meter.run(job("done", 1, Duration.ZERO));
        minutes.noteIfTime(1);
        clock.advance(RunMinutes.APART);
        minutes.noteIfTime(1);
        minutes.noteIfTime(1);

        assertEquals(List.of(1), times);
    }

    private RunMeter meter(JobObserver observer) {
        return new RunMeter("mail", runner(), List.of(observer), clock::ticks);
    }

    private static ClaimedJob job(String text, int attempt, Duration waited) {
        return new ClaimedJob(new Claim(1, 1, 1, attempt), "note", "{\"text\":\"" + text + "\"}", false, waited, false);
    }

    private JobRunner runner() {
        var handled = new JobRunner.Handled<>(Note.class, this::run, HandlerPolicy.STANDARD);
        return new JobRunner(
                store,
                Map.of("note", handled),
                new Upgrades.Builder().build(),
                RetryPolicy.STANDARD,
                new Random(1),
                new Cancels(),
                clock::ticks);
    }

    private void run(Note note, JobContext context) {
        clock.advance(Duration.ofSeconds(2));
        switch (note.text()) {
            case "fails" -> throw new IllegalStateException("no answer");
            case "snoozes" -> throw context.snooze(Duration.ofHours(1));
            default -> {
                // It succeeds.
            }
        }
    }
}
