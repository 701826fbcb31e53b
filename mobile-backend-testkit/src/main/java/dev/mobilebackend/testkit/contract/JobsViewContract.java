// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobPriority;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.JobsView.Line;
import dev.mobilebackend.jobs.JobsView.Minute;
import dev.mobilebackend.jobs.JobsView.Queue;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.RunTally;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link JobsView} must show and do. */
@Timeout(60)
public abstract class JobsViewContract {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final String QUEUE = "mail";

    private final TestClock clock = new TestClock();
    private JobStore store;
    private JobsView view;
    private long worker;

    protected JobsViewContract() {}

    /** A store and what is seen of it. */
    protected record Seen(JobStore store, JobsView view) {}

    /** An empty store on the given clock. */
    protected abstract Seen seen(InstantSource clock);

    @BeforeEach
    void join() {
        Seen seen = seen(clock);
        store = seen.store();
        view = seen.view();
        worker = store.join(LEASE);
    }

    @Test
    void countsTheJobsOfAQueueByWhereTheyStand() {
        Instant start = clock.instant();
        enqueue("dies", Duration.ZERO);
        die(claim(1).get(0));
        enqueue("runs", Duration.ZERO);
        claim(1);
        enqueue("due", Duration.ZERO);
        enqueue("due", Duration.ofSeconds(5));
        enqueue("later", Duration.ofHours(1));
        clock.advance(Duration.ofSeconds(10));

        JobsView.Overview overview = view.overview();

        assertEquals(
                List.of(new Queue(QUEUE, false, count(3), count(2), count(1), count(1), start)), overview.queues());
        assertEquals(clock.instant(), overview.now());
        assertEquals(1, overview.workers());
        assertEquals(count(0), overview.retrying());
    }

    @Test
    void countsNoFurtherThanItSays() {
        var jobs = new ArrayList<NewJob>();
        for (int number = 0; number <= JobsView.MOST_COUNTED; number++) {
            jobs.add(new NewJob("due", "{}", Duration.ZERO).queue(QUEUE));
        }
        store.enqueueAll(jobs);

        Queue queue = view.overview().queues().get(0);

        assertEquals(new JobsView.Count(JobsView.MOST_COUNTED, true), queue.waiting());
        assertEquals(new JobsView.Count(JobsView.MOST_COUNTED, true), queue.due());
    }

    @Test
    void namesQueuesThatNoWorkerServesToo() {
        store.enqueue(new NewJob("one", "{}", Duration.ZERO).queue("forgotten"));
        store.enqueue(new NewJob("one", "{}", Duration.ZERO).queue("also"));
        view.pause("still");

        List<String> names = view.overview().queues().stream().map(Queue::name).toList();

        assertEquals(List.of("also", "forgotten", "still"), names);
    }

    @Test
    void listsWaitingJobsInTheOrderOfTheirClaims() {
        long later = enqueue("later", Duration.ofMinutes(1));
        long second = enqueue("now", Duration.ZERO);
        long first = store.enqueue(
                new NewJob("now", "{}", Duration.ofMinutes(2)).queue(QUEUE).priority(JobPriority.HIGH));
        store.enqueue(new NewJob("elsewhere", "{}", Duration.ZERO).queue("other"));

        List<Line> lines = all(page -> view.waiting(QUEUE, page));

        assertEquals(List.of(first, second, later), ids(lines));
        Line line = lines.get(2);
        assertEquals(
                new Line(
                        later,
                        QUEUE,
                        "later",
                        JobState.WAITING,
                        0,
                        clock.instant().plus(Duration.ofMinutes(1)),
                        null,
                        null),
                line);
    }

    @Test
    void listsJobsThatWaitForARetryWithWhatWentWrong() {
        enqueue("never-ran", Duration.ZERO);
        ClaimedJob failed = claim(1).get(0);
        enqueue("never-ran", Duration.ZERO);
        finish(new JobOutcome.Retry(failed.claim(), Duration.ofMinutes(1), "no answer"));

        List<Line> lines = all(view::retrying);

        assertEquals(List.of(failed.claim().job()), ids(lines));
        assertEquals("no answer", lines.get(0).error());
        assertEquals(1, lines.get(0).attempts());
        assertEquals(count(1), view.overview().retrying());
    }

    @Test
    void listsRunningJobsWithTheirWorker() {
        enqueue("one", Duration.ZERO);
        enqueue("two", Duration.ZERO);
        enqueue("three", Duration.ZERO);
        List<ClaimedJob> first = claim(2);
        clock.advance(Duration.ofSeconds(1));
        ClaimedJob last = claim(1).get(0);
        finish(new JobOutcome.Done(first.get(0).claim()));

        List<Line> lines = all(view::running);

        assertEquals(List.of(first.get(1).claim().job(), last.claim().job()), ids(lines));
        assertEquals(
                new Line(last.claim().job(), QUEUE, "three", JobState.RUNNING, 1, clock.instant(), worker, null),
                lines.get(1));
    }

    @Test
    void listsDeadJobsTheLastFirstAndOfOneKindWhereOneIsNamed() {
        long receipt = dead("make-receipt");
        long mail = dead("send-mail");
        long secondMail = dead("send-mail");

        assertEquals(List.of(secondMail, mail, receipt), ids(all(page -> view.dead(null, page))));
        assertEquals(List.of(secondMail, mail), ids(all(page -> view.dead("send-mail", page))));
        Line line = all(page -> view.dead("make-receipt", page)).get(0);
        assertEquals("it is broken", line.error());
        assertEquals(JobState.DEAD, line.state());
    }

    @Test
    void pagesGoOnWhereTheLastOneEnded() {
        var waiting = new ArrayList<Long>();
        for (int number = 0; number < 7; number++) {
            waiting.add(enqueue("wait", Duration.ofSeconds(number % 3)));
        }

        List<Line> lines = all(page -> view.waiting(QUEUE, page));

        assertEquals(waiting.size(), lines.size());
        assertEquals(waiting, ids(lines).stream().sorted().toList());
    }

    @Test
    void tellsThePausedQueuesWithTheHeartbeat() {
        boolean changed = view.pause(QUEUE);
        boolean again = view.pause(QUEUE);
        Set<String> paused = store.beat(worker, LEASE, Set.of()).paused();
        boolean resumed = view.resume(QUEUE);
        boolean resumedAgain = view.resume(QUEUE);
        Set<String> after = store.beat(worker, LEASE, Set.of()).paused();
        view.pause(QUEUE);

        assertTrue(changed);
        assertFalse(again);
        assertEquals(Set.of(QUEUE), paused);
        assertTrue(resumed);
        assertFalse(resumedAgain);
        assertEquals(Set.of(), after);
        assertTrue(view.overview().queues().get(0).paused());
    }

    @Test
    void aWaitingJobCanBeMadeDueAtOnce() {
        long id = enqueue("later", Duration.ofHours(1));
        var woken = new ArrayList<String>();
        Consumer<String> listener = woken::add;
        store.addListener(listener);

        boolean moved = view.runNow(id);
        boolean again = view.runNow(id);
        List<ClaimedJob> claimed = claim(10);
        boolean running = view.runNow(id);
        store.removeListener(listener);

        assertTrue(moved);
        assertFalse(again);
        assertFalse(running);
        assertEquals(List.of(id), claimed.stream().map(job -> job.claim().job()).toList());
        assertEquals(List.of(QUEUE), woken);
    }

    @Test
    void replaysDeadJobsOneByOneOrByTheirKind() {
        long receipt = dead("make-receipt");
        long mail = dead("send-mail");
        long secondMail = dead("send-mail");

        boolean one = view.replay(receipt);
        int mails = view.replayAll("send-mail", 10);
        int noneLeft = view.replayAll("send-mail", 10);

        assertTrue(one);
        assertEquals(2, mails);
        assertEquals(0, noneLeft);
        assertEquals(Set.of(receipt, mail, secondMail), Set.copyOf(ids(all(page -> view.waiting(QUEUE, page)))));
    }

    @Test
    void replaysTheOldestOfAKindUpToALimit() {
        List<Long> dead = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            dead.add(dead("send-mail"));
        }

        int replayed = view.replayAll("send-mail", 3);
        int none = view.replayAll("send-mail", 0);

        assertEquals(3, replayed);
        assertEquals(0, none);
        assertEquals(Set.copyOf(dead.subList(0, 3)), Set.copyOf(ids(all(page -> view.waiting(QUEUE, page)))));
    }

    @Test
    void discardsDeadJobsAndNoOthers() {
        long dead = dead("send-mail");
        long waiting = enqueue("send-mail", Duration.ofHours(1));

        boolean discarded = view.discard(dead);
        boolean again = view.discard(dead);
        boolean alive = view.discard(waiting);

        assertTrue(discarded);
        assertFalse(again);
        assertFalse(alive);
        assertFalse(store.replay(dead));
        assertEquals(List.of(waiting), ids(all(page -> view.waiting(QUEUE, page))));
    }

    @Test
    void addsUpTheRunsOfAMinuteOverTheWorkers() {
        Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        long other = store.join(LEASE);

        store.note(worker, List.of(tally(QUEUE, 3, 2), tally("other", 1, 1)));
        store.note(worker, List.of(tally(QUEUE, 1, 7)));
        store.note(other, List.of(tally(QUEUE, 1, 5)));

        RunTally sum = tally(QUEUE, 3, 2).plus(tally(QUEUE, 1, 7)).plus(tally(QUEUE, 1, 5));
        assertEquals(
                List.of(new Minute(minute, sum), new Minute(minute, tally("other", 1, 1))),
                view.minutes(Duration.ofHours(1)));
        assertEquals(Duration.ofSeconds(7), sum.longestRun());
        assertEquals(Duration.ofSeconds(14), sum.waited());
    }

    @Test
    void showsTheMinutesThatWereAskedForOldestFirst() {
        store.note(worker, List.of(tally(QUEUE, 1, 1)));
        clock.advance(Duration.ofMinutes(40));
        store.note(worker, List.of(tally(QUEUE, 2, 1)));
        clock.advance(Duration.ofMinutes(40));
        store.note(worker, List.of(tally(QUEUE, 3, 1)));

        List<Long> done = view.minutes(Duration.ofHours(1)).stream()
                .map(minute -> minute.runs().done())
                .toList();

        assertEquals(List.of(2L, 3L), done);
    }

    @Test
    void minutesAreForgottenAfterAWhile() {
        store.note(worker, List.of(tally(QUEUE, 1, 1)));
        clock.advance(JobsView.KEPT.plus(Duration.ofMinutes(2)));

        store.note(worker, List.of(tally(QUEUE, 2, 1)));

        assertEquals(1, view.minutes(Duration.ofDays(10)).size());
    }

    @Test
    void tellsHowLongAJobHadBeenDueWhenItWasClaimed() {
        enqueue("one", Duration.ofSeconds(2));
        clock.advance(Duration.ofSeconds(5));

        ClaimedJob claimed = claim(1).get(0);

        assertEquals(Duration.ofSeconds(3), claimed.waited());
    }

    @Test
    void anEmptyStoreHasNothingToShow() {
        JobsView.Overview overview = view.overview();

        assertEquals(List.of(), overview.queues());
        assertEquals(List.of(), view.minutes(Duration.ofHours(1)));
        assertNull(view.dead(null, page(10, List.of())).nextCursor());
    }

    private long dead(String kind) {
        long id = enqueue(kind, Duration.ZERO);
        die(claim(1).get(0));
        clock.advance(Duration.ofSeconds(1));
        return id;
    }

    private void die(ClaimedJob job) {
        finish(new JobOutcome.Dead(job.claim(), "it is broken"));
    }

    private void finish(JobOutcome outcome) {
        store.finishAndClaim(worker, List.of(outcome), QUEUE, 0);
    }

    private long enqueue(String kind, Duration delay) {
        return store.enqueue(new NewJob(kind, "{\"secret\":\"7\"}", delay).queue(QUEUE));
    }

    private List<ClaimedJob> claim(int limit) {
        return store.finishAndClaim(worker, List.of(), QUEUE, limit);
    }

    private static JobsView.Count count(int jobs) {
        return new JobsView.Count(jobs, false);
    }

    private static RunTally tally(String queue, long done, int seconds) {
        Duration time = Duration.ofSeconds(seconds);
        return new RunTally(queue, done, 0, 1, time, time, time, time);
    }

    private static List<Long> ids(List<Line> lines) {
        return lines.stream().map(Line::id).toList();
    }

    /** Read three at a time. */
    private static List<Line> all(Function<PageRequest, Page<Line>> list) {
        var lines = new ArrayList<Line>();
        var next = new ArrayList<Object>();
        Page<Line> page;
        do {
            var key = List.copyOf(next);
            next.clear();
            page = list.apply(new PageRequest(3, key, values -> {
                next.addAll(values);
                return "next";
            }));
            lines.addAll(page.items());
        } while (page.nextCursor() != null);
        return lines;
    }

    private static PageRequest page(int limit, List<Object> after) {
        return new PageRequest(limit, after, values -> "next");
    }
}
