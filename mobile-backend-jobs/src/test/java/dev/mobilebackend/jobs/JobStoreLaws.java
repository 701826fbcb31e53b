// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Whatever enqueues, claims, beginnings, ends of some jobs of a claim, runs in a claim, heartbeats, endings and rescues
 * of three processes come in whatever order: no job is lost, none is held by two owners whose leases last, none that
 * ended runs again, and what is done with an old claim changes nothing.
 */
public abstract class JobStoreLaws {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration SNOOZE = Duration.ofSeconds(3);
    private static final String QUEUE = NewJob.DEFAULT_QUEUE;

    /** An empty store on the given clock. */
    protected abstract JobStore store(InstantSource clock);

    sealed interface Step {
        record Enqueue(int delay, JobPriority priority) implements Step {}

        record Claim(int process, int limit) implements Step {}

        record Begin(int claim) implements Step {}

        /** Some jobs of any batch that was ever given out, chosen by a number; a bit of the mask for each. */
        record Finish(int claim, int mask, int outcome) implements Step {}

        /** All succeed but one, if the claim holds as many. */
        record RunInClaim(int process, int limit, int failing, int outcome) implements Step {}

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
        Arbitrary<Integer> upToFour = Arbitraries.integers().between(0, 4);
        return Arbitraries.<Step>frequencyOf(
                        Tuple.of(
                                5,
                                Combinators.combine(seconds, Arbitraries.of(JobPriority.class))
                                        .as(Step.Enqueue::new)),
                        Tuple.of(5, Combinators.combine(process, upToFour).as(Step.Claim::new)),
                        Tuple.of(2, any.map(Step.Begin::new)),
                        Tuple.of(
                                7,
                                Combinators.combine(any, Arbitraries.integers().between(1, 15), upToFour)
                                        .as(Step.Finish::new)),
                        Tuple.of(
                                2,
                                Combinators.combine(
                                                process,
                                                upToFour,
                                                upToFour,
                                                Arbitraries.integers().between(1, 3))
                                        .as(Step.RunInClaim::new)),
                        Tuple.of(3, process.map(Step.Beat::new)),
                        Tuple.of(1, process.map(Step.Leave::new)),
                        Tuple.of(3, Arbitraries.create(Step.Rescue::new)),
                        Tuple.of(1, any.map(Step.Replay::new)),
                        Tuple.of(3, seconds.map(Step.Pass::new)))
                .list()
                .ofMinSize(10)
                .ofMaxSize(60);
    }

    @Property(tries = 200)
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
            final long id;
            final JobPriority priority;
            JobState state = JobState.WAITING;
            Instant due;
            int counted;
            boolean begun;
            boolean rescued;
            Claim claim = new Claim(0, 0, 0, 0);

            Expected(long id, JobPriority priority, Instant due) {
                this.id = id;
                this.priority = priority;
                this.due = due;
            }

            void waits(Instant until) {
                state = JobState.WAITING;
                due = until;
            }

            boolean isHeldBy(long owner) {
                return state == JobState.RUNNING && claim.owner() == owner;
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
                long id = store.enqueue(new NewJob("test", "{}", delay).priority(enqueue.priority()));
                jobs.put(
                        id, new Expected(id, enqueue.priority(), clock.instant().plus(delay)));
            } else if (step instanceof Step.Claim claim) {
                claim(owners[claim.process()], claim.limit());
            } else if (step instanceof Step.Begin begin && !everGiven.isEmpty()) {
                begin(everGiven.get(begin.claim() % everGiven.size()));
            } else if (step instanceof Step.Finish finish && !everGiven.isEmpty()) {
                finish(everGiven.get(finish.claim() % everGiven.size()), finish.mask(), finish.outcome());
            } else if (step instanceof Step.RunInClaim run) {
                runInClaim(owners[run.process()], run.limit(), run.failing(), run.outcome());
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
            everyStateIsAsExpectedAfter(step);
        }

        void everyUnfinishedJobIsStillGivenOut() {
            clock.advance(Duration.ofDays(1));
            rescue();
            long last = store.join(LEASE);
            leases.put(last, clock.instant().plus(LEASE));
            claim(last, jobs.size() + 1);

            assertTrue(jobs.values().stream().noneMatch(job -> job.state == JobState.WAITING));
            assertEquals(in(JobState.DEAD), store.dead(jobs.size() + 1).size());
        }

        private void everyStateIsAsExpectedAfter(Step step) {
            List<JobCount> expected = Stream.of(JobState.values())
                    .filter(state -> in(state) > 0)
                    .map(state -> new JobCount("test", state, in(state)))
                    .toList();
            assertEquals(expected, store.counts(), () -> "after " + step);
            jobs.values().stream()
                    .filter(job -> job.state == JobState.RUNNING)
                    .forEach(job -> assertTrue(
                            store.claims(job.claim.owner(), QUEUE).contains(job.claim),
                            () -> "job " + job.id + " is not held by its owner after " + step));
        }

        private long in(JobState state) {
            return jobs.values().stream().filter(job -> job.state == state).count();
        }

        private List<Expected> due(long owner, int limit) {
            return jobs.values().stream()
                    .filter(job -> leases.containsKey(owner)
                            && job.state == JobState.WAITING
                            && !job.due.isAfter(clock.instant()))
                    .sorted(Comparator.comparing((Expected job) -> job.priority)
                            .thenComparing(job -> job.due)
                            .thenComparing(job -> job.id))
                    .limit(limit)
                    .toList();
        }

        private void claim(long owner, int limit) {
            List<Expected> expected = due(owner, limit);

            List<ClaimedJob> given = store.finishAndClaim(owner, List.of(), QUEUE, limit);

            assertEquals(expected.stream().map(job -> job.id).toList(), ids(given));
            for (int i = 0; i < given.size(); i++) {
                Expected job = expected.get(i);
                Claim claim = given.get(i).claim();
                assertEquals(new Claim(claim.batch(), job.id, owner, job.counted + 1), claim);
                assertEquals(job.rescued, given.get(i).rescued());
                job.state = JobState.RUNNING;
                job.claim = claim;
                job.begun = false;
                everGiven.add(claim);
            }
        }

        /** What a process tells of a job that ended by itself does not matter, as long as nobody took it over. */
        private void begin(Claim claim) {
            boolean begun = store.begin(claim);

            Expected job = held(claim);
            if (job != null) {
                assertTrue(begun);
                job.begun = true;
            } else if (jobs.values().stream()
                    .noneMatch(other -> other.claim.batch() == claim.batch() && other.state == JobState.RUNNING)) {
                assertFalse(begun);
            }
        }

        private void finish(Claim any, int mask, int outcome) {
            List<Claim> batch = everGiven.stream()
                    .filter(claim -> claim.batch() == any.batch())
                    .toList();
            List<JobOutcome> sent = IntStream.range(0, batch.size())
                    .filter(i -> (mask >> i & 1) == 1)
                    .mapToObj(i -> outcome(batch.get(i), outcome))
                    .toList();

            store.finishAndClaim(any.owner(), sent, QUEUE, 0);

            sent.forEach(this::expect);
        }

        private void runInClaim(long owner, int limit, int failing, int outcome) {
            List<Expected> expected = due(owner, limit);
            var last = new HashMap<Long, JobOutcome>();

            int runs = store.runInClaim(owner, QUEUE, limit, job -> {
                int place = expected.stream()
                        .map(each -> each.id)
                        .toList()
                        .indexOf(job.claim().job());
                assertEquals(expected.get(place).counted + 1, job.claim().attempt());
                JobOutcome end = outcome(job.claim(), place == failing ? outcome : 0);
                last.put(job.claim().job(), end);
                return end;
            });

            assertEquals(expected.size(), runs);
            expected.forEach(job -> {
                job.state = JobState.RUNNING;
                job.claim = last.get(job.id).claim();
                expect(last.get(job.id));
            });
        }

        private static JobOutcome outcome(Claim claim, int outcome) {
            return switch (outcome) {
                case 0 -> new JobOutcome.Done(claim);
                case 1 -> new JobOutcome.Retry(claim, RETRY, "failed");
                case 2 -> new JobOutcome.Dead(claim, "failed");
                case 3 -> new JobOutcome.Snoozed(claim, SNOOZE);
                default -> new JobOutcome.Returned(claim);
            };
        }

        private void expect(JobOutcome outcome) {
            Expected job = held(outcome.claim());
            if (job == null) {
                return;
            }
            if (outcome instanceof JobOutcome.Done) {
                jobs.remove(job.id);
            } else if (outcome instanceof JobOutcome.Retry) {
                job.counted = outcome.claim().attempt();
                job.rescued = false;
                job.waits(clock.instant().plus(RETRY));
            } else if (outcome instanceof JobOutcome.Snoozed) {
                job.rescued = false;
                job.waits(clock.instant().plus(SNOOZE));
            } else if (outcome instanceof JobOutcome.Dead) {
                job.state = JobState.DEAD;
            } else {
                job.waits(job.due);
            }
        }

        private @Nullable Expected held(Claim claim) {
            Expected job = jobs.get(claim.job());
            return job != null && job.state == JobState.RUNNING && job.claim.equals(claim) ? job : null;
        }

        private void join(int process) {
            owners[process] = store.join(LEASE);
            leases.put(owners[process], clock.instant().plus(LEASE));
        }

        private void beat(int process) {
            long owner = owners[process];

            Pulse pulse = store.beat(owner, LEASE, Set.of(QUEUE));

            assertEquals(leases.containsKey(owner), pulse.alive());
            if (pulse.alive()) {
                leases.put(owner, clock.instant().plus(LEASE));
            } else {
                join(process);
            }
            assertEquals(
                    jobs.values().stream()
                            .filter(job -> job.state == JobState.WAITING)
                            .map(job -> Duration.between(clock.instant(), job.due))
                            .min(Comparator.naturalOrder()),
                    Optional.ofNullable(pulse.due().get(QUEUE)));
            assertEquals(
                    leases.values().stream().anyMatch(end -> !end.isAfter(clock.instant()))
                            || !orphans().isEmpty(),
                    pulse.orphans());
        }

        private void leave(int process) {
            long owner = owners[process];

            store.leave(owner);

            jobs.values().stream().filter(job -> job.isHeldBy(owner)).forEach(job -> {
                job.rescued = true;
                job.waits(job.due);
            });
            leases.remove(owner);
            join(process);
        }

        private void rescue() {
            int rescued = store.rescue();

            leases.values().removeIf(end -> !end.isAfter(clock.instant()));
            List<Expected> orphans = orphans();
            orphans.forEach(job -> {
                job.counted += job.begun ? 1 : 0;
                job.rescued = true;
                job.waits(job.due);
            });
            assertEquals(orphans.size(), rescued);
        }

        private List<Expected> orphans() {
            return jobs.values().stream()
                    .filter(job -> job.state == JobState.RUNNING && !leases.containsKey(job.claim.owner()))
                    .toList();
        }

        private void replay(long id) {
            Expected job = jobs.get(id);

            assertEquals(job.state == JobState.DEAD, store.replay(id));
            if (job.state == JobState.DEAD) {
                job.counted = 0;
                job.rescued = false;
                job.waits(clock.instant());
            }
        }

        private static List<Long> ids(List<ClaimedJob> given) {
            return given.stream().map(job -> job.claim().job()).toList();
        }
    }
}
