// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.Claimed;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobPriority;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.QueueLimits;
import dev.mobilebackend.jobs.QueuePolicy;
import dev.mobilebackend.jobs.Unique;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link JobStore} must do with jobs that have to do with each other: unique ones, keys, orders and limits. */
@Timeout(60)
public abstract class JobTiesContract {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final String QUEUE = NewJob.DEFAULT_QUEUE;
    private static final Duration INSTANT = Duration.ofNanos(1_000);
    private static final QueuePolicy POLICY = QueuePolicy.of(8);

    private final TestClock clock = new TestClock();
    private JobStore store;
    private long ann;
    private long bob;

    protected JobTiesContract() {}

    /** An empty store on the given clock. */
    protected abstract JobStore store(InstantSource clock);

    @BeforeEach
    void joinTwoOwners() {
        store = store(clock);
        ann = store.join(LEASE);
        bob = store.join(LEASE);
    }

    @Test
    void aJobStandsForOthersOfItsKindAndKeyUntilItIsDone() {
        NewJob job = job("index").unique(Unique.of("page 7"));
        long id = store.enqueue(job);
        long again = store.enqueue(job);
        long otherKey = store.enqueue(job("index").unique(Unique.of("page 8")));
        long otherKind = store.enqueue(job("print").unique(Unique.of("page 7")));
        List<ClaimedJob> claimed = claim(ann, 10);
        long whileItRuns = store.enqueue(job);
        finish(new JobOutcome.Retry(claimed.get(0).claim(), Duration.ZERO, "not yet"));
        long beforeItsNextAttempt = store.enqueue(job);
        finish(new JobOutcome.Done(claim(ann, 10).get(0).claim()));

        long afterwards = store.enqueue(job);

        assertEquals(List.of(id, otherKey, otherKind), ids(claimed));
        assertEquals(List.of(id, id, id), List.of(again, whileItRuns, beforeItsNextAttempt));
        assertNotEquals(id, afterwards);
        assertEquals(List.of(afterwards), ids(claim(ann, 10)));
    }

    @Test
    void aDeadJobStandsForNothing() {
        NewJob job = job("index").unique(Unique.of("page 7"));
        long id = store.enqueue(job);
        finish(new JobOutcome.Dead(claim(ann, 1).get(0).claim(), "broken"));

        long afterwards = store.enqueue(job);

        assertNotEquals(id, afterwards);
    }

    @Test
    void aJobThatStandsWhileItWaitsDoesSoUntilItIsClaimed() {
        NewJob job = job("index").unique(Unique.whileWaiting("page 7"));
        long id = store.enqueue(job);
        long again = store.enqueue(job);
        List<ClaimedJob> first = claim(ann, 10);
        long whileItRuns = store.enqueue(job);
        long andAgain = store.enqueue(job);
        finish(new JobOutcome.Done(first.get(0).claim()));

        long afterwards = store.enqueue(job);

        assertEquals(id, again);
        assertNotEquals(id, whileItRuns);
        assertEquals(List.of(whileItRuns, whileItRuns), List.of(andAgain, afterwards));
        assertEquals(List.of(whileItRuns), ids(claim(ann, 10)));
    }

    @Test
    void aWindowLastsFromTheEnqueuingWhateverBecomesOfTheJob() {
        NewJob job = job("digest").unique(Unique.within("ann", Duration.ofHours(1)));
        long id = store.enqueue(job);
        finish(new JobOutcome.Done(claim(ann, 1).get(0).claim()));

        clock.advance(Duration.ofHours(1).minus(INSTANT));
        long early = store.enqueue(job);
        List<ClaimedJob> none = claim(ann, 10);
        clock.advance(INSTANT);
        long onTime = store.enqueue(job);

        assertEquals(id, early);
        assertEquals(List.of(), none);
        assertNotEquals(id, onTime);
        assertEquals(List.of(onTime), ids(claim(ann, 10)));
    }

    @Test
    void jobsThatAreEnqueuedTogetherStandForEachOther() {
        long standing = store.enqueue(job("index").unique(Unique.of("page 1")));
        NewJob plain = job("plain");

        List<Long> ids = store.enqueueAll(List.of(
                job("index").unique(Unique.of("page 2")),
                plain,
                job("index").unique(Unique.of("page 1")),
                job("index").unique(Unique.of("page 2")),
                plain));

        assertEquals(standing, ids.get(2));
        assertEquals(ids.get(0), ids.get(3));
        assertEquals(4, Set.copyOf(ids).size());
        assertEquals(Set.copyOf(ids), Set.copyOf(ids(claim(ann, 10))));
    }

    @Test
    void keysTakeTurnsWhateverTheNumberOfTheirJobs() {
        List<Long> flood = enqueueAll(100, job("work").key("one who floods"));
        long second = store.enqueue(job("work").key("second"));
        long third = store.enqueue(job("work").key("third"));

        List<Long> claimed = ids(claim(ann, 5));

        assertEquals(5, claimed.size());
        assertTrue(claimed.containsAll(List.of(second, third)), () -> "claimed " + claimed);
        assertTrue(claimed.containsAll(flood.subList(0, 3)), () -> "claimed " + claimed);
    }

    @Test
    void keysTakeTurnsFromClaimToClaim() {
        for (String key : List.of("a", "b", "c")) {
            enqueueAll(4, job("of-" + key).key(key));
        }
        claim(ann, 12);
        for (String key : List.of("a", "b", "c")) {
            enqueueAll(4, job("of-" + key).key(key));
        }

        var kinds = new TreeSet<String>();
        for (int i = 0; i < 3; i++) {
            kinds.add(claim(ann, 1).get(0).kind());
        }

        assertEquals(Set.of("of-a", "of-b", "of-c"), kinds);
    }

    @Test
    void jobsWithoutAKeyTakeTurnsWithKeysAsOneOfThem() {
        enqueueAll(100, job("plain"));
        long keyed = store.enqueue(job("work").key("a"));

        var claimed = new ArrayList<Long>();
        IntStream.range(0, 3).forEach(i -> claimed.addAll(ids(claim(ann, 2))));

        assertTrue(claimed.contains(keyed), () -> "claimed " + claimed);
        assertEquals(6, claimed.size());
    }

    @Test
    void whatOneKeyLeavesGoesToTheOthers() {
        enqueueAll(20, job("work").key("a"));
        enqueueAll(1, job("work").key("b"));
        enqueueAll(20, job("plain"));

        assertEquals(41, claim(ann, 100).size());
        assertEquals(List.of(), claim(ann, 100));
    }

    @Test
    void withinAKeyPriorityAndDueTimeDecide() {
        long late = store.enqueue(job("work").key("a").priority(JobPriority.LOW));
        long delayed =
                store.enqueue(job("work").key("a").priority(JobPriority.HIGH).after(Duration.ofMinutes(1)));
        long second = store.enqueue(job("work").key("a"));
        long first = store.enqueue(job("work").key("a").priority(JobPriority.HIGH));

        List<Long> claimed =
                List.of(claimOne(ann).job(), claimOne(ann).job(), claimOne(ann).job());

        assertEquals(List.of(first, second, late), claimed);
        assertEquals(List.of(), claim(ann, 10));
        clock.advance(Duration.ofMinutes(1));
        assertEquals(List.of(delayed), ids(claim(ann, 10)));
    }

    @Test
    void aHeartbeatTellsWhenAJobWithAKeyIsDue() {
        store.enqueue(job("work").key("a").after(Duration.ofMinutes(5)));

        assertEquals(
                Map.of(QUEUE, Duration.ofMinutes(5)),
                store.beat(ann, LEASE, Set.of(QUEUE)).due());
    }

    @Test
    void jobsInOrderRunOneAfterTheOther() {
        long first = store.enqueue(job("work").inOrder("order 7"));
        long second = store.enqueue(job("work").inOrder("order 7").priority(JobPriority.HIGH));
        long other = store.enqueue(job("work").inOrder("order 8"));

        List<ClaimedJob> claimed = claim(ann, 10);
        List<ClaimedJob> beside = claim(bob, 10);
        Claim head = claimed.stream()
                .map(ClaimedJob::claim)
                .filter(claim -> claim.job() == first)
                .findFirst()
                .orElseThrow();
        List<ClaimedJob> next = store.finishAndClaim(ann, List.of(new JobOutcome.Done(head)), QUEUE, 10);

        assertEquals(Set.of(first, other), Set.copyOf(ids(claimed)));
        assertEquals(List.of(), beside);
        assertEquals(List.of(second), ids(next));
    }

    @Test
    void aJobInOrderThatWaitsAgainHoldsUpTheLaterOnes() {
        long first = store.enqueue(job("work").inOrder("a"));
        long second = store.enqueue(job("work").inOrder("a"));
        finish(new JobOutcome.Retry(claimOne(ann), Duration.ofMinutes(1), "not yet"));

        assertEquals(List.of(), claim(bob, 10));
        clock.advance(Duration.ofMinutes(1));
        Claim again = claimOne(bob);
        finish(new JobOutcome.Dead(again, "broken"));

        assertEquals(first, again.job());
        assertEquals(List.of(second), ids(claim(ann, 10)));
    }

    @Test
    void aDelayedJobInOrderHoldsUpTheLaterOnes() {
        long first = store.enqueue(job("work").inOrder("a").after(Duration.ofMinutes(1)));
        store.enqueue(job("work").inOrder("a"));

        assertEquals(List.of(), claim(ann, 10));
        clock.advance(Duration.ofMinutes(1));
        assertEquals(List.of(first), ids(claim(ann, 10)));
    }

    @Test
    void theOrderOutlivesTheWorkerThatRanAJobOfIt() {
        long first = store.enqueue(job("work").inOrder("a"));
        store.enqueue(job("work").inOrder("a"));
        claim(ann, 10);
        clock.advance(LEASE);
        store.beat(bob, LEASE, Set.of());

        List<ClaimedJob> before = claim(bob, 10);
        store.rescue();
        List<ClaimedJob> after = claim(bob, 10);

        assertEquals(List.of(), before);
        assertEquals(List.of(first), ids(after));
    }

    @Test
    void jobsInOrderRunInTheirOrderInAClaimToo() {
        List<Long> ids = new ArrayList<>();
        for (String key : List.of("a", "b")) {
            ids.addAll(enqueueAll(3, job("work").inOrder(key)));
        }
        var ran = new ArrayList<Long>();

        int more = 1;
        while (more > 0) {
            more = store.runInClaim(ann, QUEUE, 10, job -> {
                ran.add(job.claim().job());
                return new JobOutcome.Done(job.claim());
            });
        }

        assertEquals(Set.copyOf(ids), Set.copyOf(ran));
        assertEquals(
                ids.subList(0, 3),
                ran.stream().filter(ids.subList(0, 3)::contains).toList());
        assertEquals(
                ids.subList(3, 6),
                ran.stream().filter(ids.subList(3, 6)::contains).toList());
    }

    @Test
    void ownersAtOnceKeepTheOrderAndShareNoJob() {
        int keys = 5;
        int each = 8;
        for (int i = 0; i < each; i++) {
            IntStream.range(0, keys)
                    .forEach(key -> store.enqueue(job("of-" + key).inOrder("key " + key)));
        }
        var running = new ConcurrentHashMap<String, AtomicInteger>();
        var ended = new ConcurrentHashMap<String, Deque<Long>>();
        var left = new AtomicInteger(keys * each);

        Race.of(4, () -> {
            long owner = store.join(LEASE);
            while (left.get() > 0) {
                for (ClaimedJob job : claim(owner, 3)) {
                    int beside = running.computeIfAbsent(job.kind(), kind -> new AtomicInteger())
                            .incrementAndGet();
                    assertEquals(1, beside, "jobs of one key that run at a time");
                    ended.computeIfAbsent(job.kind(), kind -> new ArrayDeque<>())
                            .add(job.claim().job());
                    running.get(job.kind()).decrementAndGet();
                    finish(new JobOutcome.Done(job.claim()));
                    left.decrementAndGet();
                }
            }
            return owner;
        });

        assertEquals(keys, ended.size());
        ended.values().forEach(ids -> {
            assertEquals(each, ids.size());
            assertEquals(ids.stream().sorted().toList(), List.copyOf(ids));
        });
    }

    @Test
    void noMoreJobsOfAKeyRunThanItsLimit() {
        QueueLimits limits = POLICY.perKey(2).limits();
        long first = enqueueAll(5, job("work").key("a")).get(0);
        enqueueAll(1, job("work").key("b"));
        enqueueAll(1, job("work"));

        List<ClaimedJob> claimed = claim(ann, 10, limits);
        List<ClaimedJob> beside = claim(bob, 10, limits);
        Claim one = claimed.stream()
                .map(ClaimedJob::claim)
                .filter(claim -> claim.job() == first)
                .findFirst()
                .orElseThrow();
        finish(new JobOutcome.Done(one));

        assertEquals(4, claimed.size());
        assertEquals(List.of(), beside);
        assertEquals(1, claim(bob, 10, limits).size());
        assertEquals(List.of(), claim(bob, 10, limits));
    }

    @Test
    void noMoreJobsOfAQueueRunThanItsLimit() {
        QueueLimits limits = POLICY.running(3).limits();
        enqueueAll(10, job("work"));
        enqueueAll(10, job("work").key("a"));

        List<ClaimedJob> claimed = claim(ann, 2, limits);
        List<ClaimedJob> beside = claim(bob, 10, limits);

        assertEquals(2, claimed.size());
        assertEquals(1, beside.size());
        assertEquals(List.of(), claim(ann, 10, limits));
        finish(new JobOutcome.Retry(claimed.get(0).claim(), Duration.ZERO, "again"));
        assertEquals(1, claim(bob, 10, limits).size());
        store.leave(bob);
        assertEquals(2, claim(ann, 10, limits).size());
    }

    @Test
    void aLimitIsFreeAgainWhenAWorkerIsNoMore() {
        QueueLimits limits = POLICY.perKey(1).limits();
        long first = store.enqueue(job("work").key("a"));
        claim(ann, 10, limits);
        clock.advance(LEASE);
        store.beat(bob, LEASE, Set.of());

        List<ClaimedJob> before = claim(bob, 10, limits);
        store.rescue();

        assertEquals(List.of(), before);
        assertEquals(List.of(first), ids(claim(bob, 10, limits)));
    }

    @Test
    void noMoreJobsBeginInAnyWindowThanTheRateSays() {
        Duration window = Duration.ofSeconds(1);
        QueueLimits limits = POLICY.rate(12, window).limits();
        enqueueAll(300, job("work"));
        var began = new ArrayList<Instant>();
        Instant end = clock.instant().plusSeconds(10);

        for (int turn = 1; clock.instant().isBefore(end); turn++) {
            long owner = turn % 3 == 0 ? ann : bob;
            store.beat(ann, LEASE, Set.of());
            store.beat(bob, LEASE, Set.of());
            claim(owner, 1 + turn * 31 % 8, limits).forEach(job -> began.add(clock.instant()));
            clock.advance(Duration.ofMillis(turn * 7_919 % 120));
        }

        for (Instant start : began) {
            long within = began.stream()
                    .filter(each -> !each.isBefore(start) && each.isBefore(start.plus(window)))
                    .count();
            assertTrue(within <= 12, () -> within + " began within a second of " + start);
        }
        assertTrue(began.size() >= 100, () -> "only " + began.size() + " began in ten seconds");
    }

    @Test
    void aRateTellsWhenToLookAgain() {
        QueueLimits limits = POLICY.rate(2, Duration.ofSeconds(1)).limits();
        enqueueAll(3, job("work"));
        Claimed two = store.finishAndClaim(ann, List.of(), QUEUE, 10, limits);

        Claimed none = store.finishAndClaim(ann, List.of(), QUEUE, 10, limits);
        int looks = 0;
        Claimed third = none;
        while (third.jobs().isEmpty() && looks < 100) {
            looks++;
            clock.advance(requireNonNull(third.again()));
            third = store.finishAndClaim(ann, List.of(), QUEUE, 10, limits);
        }

        assertEquals(2, two.jobs().size());
        assertEquals(1, third.jobs().size());
        assertTrue(looks <= 25, "it took " + looks + " looks");
    }

    private static NewJob job(String kind) {
        return new NewJob(kind, "{}", Duration.ZERO);
    }

    private List<Long> enqueueAll(int number, NewJob job) {
        return store.enqueueAll(IntStream.range(0, number).mapToObj(i -> job).toList());
    }

    private List<ClaimedJob> claim(long owner, int limit) {
        return store.finishAndClaim(owner, List.of(), QUEUE, limit);
    }

    private List<ClaimedJob> claim(long owner, int limit, QueueLimits limits) {
        return store.finishAndClaim(owner, List.of(), QUEUE, limit, limits).jobs();
    }

    private Claim claimOne(long owner) {
        return claim(owner, 1).get(0).claim();
    }

    private void finish(JobOutcome outcome) {
        store.finishAndClaim(outcome.claim().owner(), List.of(outcome), QUEUE, 0);
    }

    private static List<Long> ids(List<ClaimedJob> jobs) {
        return jobs.stream().map(job -> job.claim().job()).toList();
    }
}
