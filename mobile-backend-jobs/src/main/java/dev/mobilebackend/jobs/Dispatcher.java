// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a queue that finishes and claims. Outcomes that arrive while it waits for the store go out together
 * with the next claim: one commit a turn, whatever the number of jobs. Job threads take what was claimed from a buffer,
 * which is filled again when it is half empty; it holds what a tenth of a second can run. While each claim finds as many
 * as it asked for, so many turns at a time wait for the store as that can make use of.
 *
 * <p>An answer of the store may be lost after its commit. Then the outcomes are sent again, which the fencing makes
 * harmless, and jobs that were claimed unheard are found by comparing {@link JobStore#claims} with what runs here.
 */
final class Dispatcher implements QueueRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long the ends of some jobs of a batch wait for the others: noting them costs a write of its own. */
    private static final Duration TOGETHER = Duration.ofMillis(100);

    private static final String NO_ANSWER = "the job store did not answer; jobs go on, and it is asked again";

    /** After a store that did not answer. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final String queue;
    private final QueuePolicy policy;
    private final JobStore store;
    private final Lease lease;
    private final Duration leaseLength;
    private final RunMeter meter;
    private final Executor threads;
    private final LongSupplier ticks;
    private final Signal signal;

    private final Queue<ClaimedJob> buffer = new ConcurrentLinkedQueue<>();
    private final AtomicInteger buffered = new AtomicInteger();
    private final AtomicInteger active = new AtomicInteger();
    private final Queue<JobOutcome> arrived = new ConcurrentLinkedQueue<>();
    private final RunTime runTime = new RunTime();
    private volatile int refill;
    private volatile boolean maybeDue = true;
    private volatile boolean paused;
    private volatile boolean draining;

    /** What was claimed together and has not ended yet; only the dispatcher's thread touches these. */
    private final Map<Long, Batch> batches = new HashMap<>();

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private int underWay;
    private int coming;
    private boolean plenty;
    private boolean byTurns;
    private boolean unsure;
    private long sureFrom;

    /** What goes to the store at once. */
    private record Turn(List<JobOutcome> out, List<Long> sent, int wanted) {}

    /** What came back; null instead of what was claimed if nothing did. */
    private record Answer(Turn turn, @Nullable Claimed claimed) {}

    /** Jobs of one claim, until the store has confirmed that each has ended. */
    private static final class Batch {
        final Set<Long> running = new HashSet<>();
        final List<JobOutcome> unsent = new ArrayList<>();
        int sending;
        boolean together = true;
        boolean waits = true;
        long since;

        boolean goesOut(long now) {
            return sending == 0
                    && !unsent.isEmpty()
                    && (running.isEmpty() || !waits || now - since >= TOGETHER.toNanos());
        }
    }

    Dispatcher(
            String queue,
            QueuePolicy policy,
            JobStore store,
            Lease lease,
            Duration leaseLength,
            RunMeter meter,
            Executor threads,
            LongSupplier ticks) {
        this.queue = queue;
        this.policy = policy;
        this.store = store;
        this.lease = lease;
        this.leaseLength = leaseLength;
        this.meter = meter;
        this.threads = threads;
        this.ticks = ticks;
        this.signal = new Signal(ticks);
    }

    @Override
    public void wake() {
        maybeDue = true;
        signal.raise();
    }

    @Override
    public void wakeIn(Duration wait) {
        if (wait.isNegative() || wait.isZero()) {
            wake();
        } else {
            maybeDue = true;
            signal.raiseAfter(wait.toNanos());
        }
    }

    @Override
    public void pause(boolean still) {
        boolean changed = paused != still;
        paused = still;
        if (changed) {
            wake();
        }
    }

    @Override
    public void drain() {
        draining = true;
        signal.raise();
    }

    @Override
    public void run() {
        while (!drained()) {
            signal.await();
            try {
                turn();
            } catch (RuntimeException | Error failed) {
                signal.raiseAfter(PAUSE.toNanos());
                LOG.warn(NO_ANSWER, failed);
            }
        }
    }

    boolean drained() {
        return draining
                && underWay == 0
                && batches.isEmpty()
                && buffer.isEmpty()
                && active.get() == 0
                && arrived.isEmpty();
    }

    /** Finishes what has arrived and claims what fits. */
    void turn() {
        hear();
        if (draining || paused) {
            returnBuffered();
        }
        collectArrived();
        returnUnheardClaims();
        if (underWay > 0 && (unsure || underWay >= turnsAtATime())) {
            return;
        }
        Turn turn = next();
        if (turn.out.isEmpty() && turn.wanted == 0) {
            return;
        }
        underWay++;
        coming += turn.wanted;
        if (turnsAtATime() > 1) {
            askBeside(turn);
            // There may be enough for another turn already.
            signal.raise();
            return;
        }
        try {
            hear(new Answer(turn, ask(turn)));
        } catch (RuntimeException | Error lost) {
            hear(new Answer(turn, null));
            throw lost;
        }
    }

    /**
     * One, unless a claim is run sooner than the next is made: more at a time would only hold jobs that others could run.
     * Claims that wait for each other in the store are made one by one too.
     */
    private int turnsAtATime() {
        boolean quick = policy.capacity(runTime.average(), byTurns) == QueuePolicy.LARGEST_CLAIM;
        return plenty && quick && policy.limits().none() ? store.claimsAtATime() : 1;
    }

    private Turn next() {
        long now = ticks.getAsLong();
        var out = new ArrayList<JobOutcome>();
        var sent = new ArrayList<Long>();
        batches.forEach((id, batch) -> {
            if (batch.goesOut(now)) {
                out.addAll(batch.unsent);
                batch.sending = batch.unsent.size();
                sent.add(id);
                // What was kept back for the sake of those that end may run now.
                maybeDue |= !batch.together;
            } else if (batch.sending == 0 && !batch.unsent.isEmpty()) {
                signal.raiseAfter(TOGETHER.toNanos() - (now - batch.since));
            }
        });
        int wanted = wanted();
        if (wanted > 0) {
            maybeDue = turnsAtATime() > 1;
        }
        return new Turn(out, sent, wanted);
    }

    private Claimed ask(Turn turn) {
        return store.finishAndClaim(lease.owner(), turn.out, queue, turn.wanted, policy.limits());
    }

    private void askBeside(Turn turn) {
        try {
            threads.execute(() -> {
                try {
                    answers.add(new Answer(turn, ask(turn)));
                } catch (RuntimeException | Error lost) {
                    LOG.warn(NO_ANSWER, lost);
                    answers.add(new Answer(turn, null));
                }
                signal.raise();
            });
        } catch (RuntimeException | Error refused) {
            hear(new Answer(turn, null));
            throw refused;
        }
    }

    private void hear() {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            hear(answer);
        }
    }

    private void hear(Answer answer) {
        underWay--;
        coming -= answer.turn.wanted;
        if (answer.claimed == null) {
            notHeard(answer.turn);
        } else {
            heard(answer.turn, answer.claimed);
        }
    }

    private void notHeard(Turn turn) {
        turn.sent.forEach(id -> requireNonNull(batches.get(id)).sending = 0);
        unsure = true;
        sureFrom = ticks.getAsLong() + leaseLength.toNanos();
        maybeDue = true;
        signal.raiseAfter(PAUSE.toNanos());
    }

    private void heard(Turn turn, Claimed claimed) {
        turn.sent.forEach(this::confirm);
        if (turn.wanted > 0) {
            byTurns = claimed.byTurns();
            plenty = claimed.jobs().size() == turn.wanted;
            maybeDue |= plenty;
        }
        if (claimed.again() != null) {
            maybeDue = true;
            signal.raiseAfter(claimed.again().toNanos());
        }
        start(claimed);
    }

    private int wanted() {
        if (draining || paused || !lease.live() || !maybeDue) {
            return 0;
        }
        int turns = turnsAtATime();
        int held = buffered.get() + active.get() + coming;
        if (turns > 1) {
            // One claim is run while the others are under way.
            int free = (turns + 1) * QueuePolicy.LARGEST_CLAIM - held;
            return free < QueuePolicy.LARGEST_CLAIM / 2 ? 0 : Math.min(free, QueuePolicy.LARGEST_CLAIM);
        }
        // A claim for a sliver of the buffer costs as much as one for all of it.
        return buffered.get() + coming > refill ? 0 : Math.max(0, policy.capacity(runTime.average(), byTurns) - held);
    }

    private void confirm(long id) {
        Batch batch = requireNonNull(batches.get(id));
        batch.unsent.subList(0, batch.sending).clear();
        batch.sending = 0;
        batch.waits = batch.together;
        if (batch.running.isEmpty() && batch.unsent.isEmpty()) {
            batches.remove(id);
        }
    }

    private void start(Claimed claimed) {
        List<ClaimedJob> jobs = claimed.jobs();
        if (jobs.isEmpty()) {
            return;
        }
        for (ClaimedJob job : jobs) {
            Batch batch = batches.computeIfAbsent(job.claim().batch(), id -> new Batch());
            batch.running.add(job.claim().job());
            batch.together = !claimed.counted();
            batch.waits = batch.together;
        }
        buffer.addAll(jobs);
        int now = buffered.addAndGet(jobs.size());
        refill = now > policy.concurrency() ? now / 2 : 0;
        startThreads();
        if (maybeDue && wanted() > 0) {
            signal.raise();
        }
    }

    private void startThreads() {
        for (int wanted = buffered.get(); wanted > 0; wanted--) {
            int running = active.get();
            if (running >= policy.concurrency()) {
                return;
            }
            if (active.compareAndSet(running, running + 1)) {
                startThread();
            }
        }
    }

    private void startThread() {
        try {
            threads.execute(this::runBuffered);
        } catch (RuntimeException | Error refused) {
            active.decrementAndGet();
            LOG.error("no thread for the jobs of queue {}", queue, refused);
            returnBuffered();
        }
    }

    private void runBuffered() {
        try {
            for (ClaimedJob job = buffer.poll(); job != null; job = buffer.poll()) {
                int left = buffered.decrementAndGet();
                long begun = ticks.getAsLong();
                JobOutcome outcome = runIfStillOurs(job);
                runTime.add(ticks.getAsLong() - begun);
                arrived.add(outcome);
                if (left <= refill) {
                    signal.raise();
                }
            }
        } finally {
            active.decrementAndGet();
            if (!buffer.isEmpty()) {
                startThreads();
            }
            signal.raise();
        }
    }

    /** A process that was paused here for longer than its lease must not start what others run by now. */
    private JobOutcome runIfStillOurs(ClaimedJob job) {
        return draining || paused || !lease.covers(job.claim()) ? new JobOutcome.Returned(job.claim()) : meter.run(job);
    }

    private void returnBuffered() {
        for (ClaimedJob job = buffer.poll(); job != null; job = buffer.poll()) {
            buffered.decrementAndGet();
            arrived.add(new JobOutcome.Returned(job.claim()));
        }
    }

    private void collectArrived() {
        long now = ticks.getAsLong();
        for (JobOutcome outcome = arrived.poll(); outcome != null; outcome = arrived.poll()) {
            Batch batch = batches.computeIfAbsent(outcome.claim().batch(), id -> new Batch());
            batch.running.remove(outcome.claim().job());
            if (batch.unsent.isEmpty()) {
                batch.since = now;
            }
            batch.waits &= outcome instanceof JobOutcome.Done;
            batch.unsent.add(outcome);
        }
    }

    private void returnUnheardClaims() {
        if (!unsure || underWay > 0 || ticks.getAsLong() - sureFrom < 0) {
            return;
        }
        for (Claim claim : store.claims(lease.owner(), queue)) {
            if (!batches.containsKey(claim.batch())) {
                arrived.add(new JobOutcome.Returned(claim));
                maybeDue = true;
            }
        }
        unsure = false;
        collectArrived();
    }
}
