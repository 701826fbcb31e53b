// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever enqueues, claims, finishes, heartbeats, endings and rescues of three processes come in whatever order: no
 * job is lost, none is held by two owners whose leases last, and what is done with an old claim changes nothing.
 */
public abstract class JobStoreLaws {

    private static final Duration LEASE = Duration.ofSeconds(6);

    /** An empty store on the given clock. */
    protected abstract JobStore store(InstantSource clock);

    sealed interface Step {
        record Enqueue(int delay) implements Step {}

        record Claim(int process, int limit) implements Step {}

        /** With any claim that was ever given out, chosen by a number. */
        record Finish(int claim, int outcome) implements Step {}

        record Beat(int process) implements Step {}

        record Leave(int process) implements Step {}

        record Rescue() implements Step {}

        record Replay(int job) implements Step {}

        record Pass(int seconds) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> process = Arbitraries.integers().between(0, 2);
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 1_000);
        Arbitrary<Integer> seconds = Arbitraries.integers().between(0, 7);
        return Arbitraries.<Step>frequencyOf(
                        Tuple.of(4, seconds.map(Step.Enqueue::new)),
                        Tuple.of(
                                5,
                                Combinators.combine(
                                                process, Arbitraries.integers().between(0, 3))
                                        .as(Step.Claim::new)),
                        Tuple.of(
                                6,
                                Combinators.combine(any, Arbitraries.integers().between(0, 3))
                                        .as(Step.Finish::new)),
                        Tuple.of(3, process.map(Step.Beat::new)),
                        Tuple.of(1, process.map(Step.Leave::new)),
                        Tuple.of(3, Arbitraries.create(Step.Rescue::new)),
                        Tuple.of(1, any.map(Step.Replay::new)),
                        Tuple.of(3, seconds.map(Step.Pass::new)))
                .list()
                .ofMinSize(10)
                .ofMaxSize(60);
    }

    @Property(tries = 100)
    void noJobIsLostAndNoneHasTwoLivingOwners(@ForAll("steps") List<Step> steps) {
        var clock = new MovedClock();
        var run = new Run(store(clock), clock);

        steps.forEach(run::take);

        run.everyUnfinishedJobIsStillGivenOut();
    }

    /** The store beside what it should hold. */
    private static final class Run {

        private final JobStore store;
        private final MovedClock clock;
        private final long[] owners = new long[3];
        private final Map<Long, Instant> leases = new HashMap<>();
        private final Map<Long, Expected> jobs = new TreeMap<>();
        private final List<Claim> everGiven = new ArrayList<>();

        private static final class Expected {
            JobState state = JobState.WAITING;
            Instant due;
            int attempts;
            long owner;

            Expected(Instant due) {
                this.due = due;
            }
        }

        Run(JobStore store, MovedClock clock) {
            this.store = store;
            this.clock = clock;
            for (int process = 0; process < owners.length; process++) {
                join(process);
            }
        }

        void take(Step step) {
            if (step instanceof Step.Enqueue enqueue) {
                Duration delay = Duration.ofSeconds(enqueue.delay());
                long id = store.enqueue(new NewJob("test", "{}", delay));
                jobs.put(id, new Expected(clock.instant().plus(delay)));
            } else if (step instanceof Step.Claim claim) {
                claim(owners[claim.process()], claim.limit());
            } else if (step instanceof Step.Finish finish && !everGiven.isEmpty()) {
                finish(everGiven.get(finish.claim() % everGiven.size()), finish.outcome());
            } else if (step instanceof Step.Beat beat) {
                beat(beat.process());
            } else if (step instanceof Step.Leave leave) {
                leave(leave.process());
            } else if (step instanceof Step.Rescue) {
                rescue();
            } else if (step instanceof Step.Replay replay && !jobs.isEmpty()) {
                replay(List.copyOf(jobs.keySet()).get(replay.job() % jobs.size()));
            } else if (step instanceof Step.Pass pass) {
                clock.advance(Duration.ofSeconds(pass.seconds()));
            }
            jobs.forEach((id, job) -> assertTrue(
                    job.state != JobState.RUNNING
                            || store.claims(job.owner).contains(new Claim(id, job.owner, job.attempts)),
                    () -> "job " + id + " is not held by its owner after " + step));
        }

        void everyUnfinishedJobIsStillGivenOut() {
            clock.advance(Duration.ofDays(1));
            rescue();
            long last = store.join(LEASE);
            leases.put(last, clock.instant().plus(LEASE));
            claim(last, jobs.size() + 1);
            assertEquals(
                    jobs.values().stream()
                            .filter(job -> job.state == JobState.DEAD)
                            .count(),
                    store.dead(jobs.size() + 1).size());
            assertTrue(jobs.values().stream().noneMatch(job -> job.state == JobState.WAITING));
        }

        private void claim(long owner, int limit) {
            Instant now = clock.instant();
            List<Claim> expected = !leases.containsKey(owner)
                    ? List.of()
                    : jobs.entrySet().stream()
                            .filter(job -> job.getValue().state == JobState.WAITING
                                    && !job.getValue().due.isAfter(now))
                            .sorted(Comparator.comparing(job -> job.getValue().due))
                            .limit(limit)
                            .map(job -> new Claim(job.getKey(), owner, job.getValue().attempts + 1))
                            .toList();

            List<Claim> given = store.finishAndClaim(owner, List.of(), limit).stream()
                    .map(ClaimedJob::claim)
                    .toList();

            assertEquals(expected, given);
            for (Claim claim : given) {
                Expected job = jobs.get(claim.job());
                job.state = JobState.RUNNING;
                job.owner = owner;
                job.attempts = claim.attempt();
            }
            everGiven.addAll(given);
        }

        private void finish(Claim claim, int outcome) {
            JobOutcome sent =
                    switch (outcome) {
                        case 0 -> new JobOutcome.Done(claim);
                        case 1 -> new JobOutcome.Retry(claim, Duration.ofSeconds(2), "failed");
                        case 2 -> new JobOutcome.Dead(claim, "failed");
                        default -> new JobOutcome.Returned(claim);
                    };
            store.finishAndClaim(claim.owner(), List.of(sent), 0);

            Expected job = jobs.get(claim.job());
            if (job == null
                    || job.state != JobState.RUNNING
                    || job.owner != claim.owner()
                    || job.attempts != claim.attempt()) {
                return;
            }
            switch (outcome) {
                case 0 -> jobs.remove(claim.job());
                case 1 -> {
                    job.state = JobState.WAITING;
                    job.due = clock.instant().plusSeconds(2);
                }
                case 2 -> job.state = JobState.DEAD;
                default -> {
                    job.state = JobState.WAITING;
                    job.attempts--;
                }
            }
        }

        private void join(int process) {
            owners[process] = store.join(LEASE);
            leases.put(owners[process], clock.instant().plus(LEASE));
        }

        private void beat(int process) {
            boolean alive = store.beat(owners[process], LEASE);

            assertEquals(leases.containsKey(owners[process]), alive);
            if (alive) {
                leases.put(owners[process], clock.instant().plus(LEASE));
            } else {
                join(process);
            }
        }

        private void leave(int process) {
            store.leave(owners[process]);

            release(owners[process], 1);
            leases.remove(owners[process]);
            join(process);
        }

        private void rescue() {
            int rescued = store.rescue();

            leases.values().removeIf(end -> !end.isAfter(clock.instant()));
            List<Long> orphanOwners = jobs.values().stream()
                    .filter(job -> job.state == JobState.RUNNING && !leases.containsKey(job.owner))
                    .map(job -> job.owner)
                    .toList();
            orphanOwners.forEach(owner -> release(owner, 0));
            assertEquals(orphanOwners.size(), rescued);
        }

        private void release(long owner, int attemptsGivenBack) {
            jobs.values().stream()
                    .filter(job -> job.state == JobState.RUNNING && job.owner == owner)
                    .forEach(job -> {
                        job.state = JobState.WAITING;
                        job.attempts -= attemptsGivenBack;
                    });
        }

        private void replay(long id) {
            Expected job = jobs.get(id);

            assertEquals(job.state == JobState.DEAD, store.replay(id));
            if (job.state == JobState.DEAD) {
                job.state = JobState.WAITING;
                job.attempts = 0;
                job.due = clock.instant();
            }
        }
    }
}
