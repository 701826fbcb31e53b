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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a queue that finishes and claims. Outcomes that arrive while it waits for the store go out together
 * with the next claim: one commit a turn, whatever the number of jobs. Job threads take what was claimed from a buffer,
 * which is filled again when it is half empty; it holds what a tenth of a second can run.
 *
 * <p>An answer of the store may be lost after its commit. Then the outcomes are sent again, which the fencing makes
 * harmless, and jobs that were claimed unheard are found by comparing {@link JobStore#claims} with what runs here.
 */
final class Dispatcher implements QueueRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long the ends of some jobs of a batch wait for the others: noting them costs a write of its own. */
    private static final Duration TOGETHER = Duration.ofMillis(100);

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

    private boolean byTurns;
    private boolean unsure;
    private long sureFrom;

    /** Jobs of one claim, until the store has confirmed that each has ended. */
    private static final class Batch {
        final Set<Long> running = new HashSet<>();
        final List<JobOutcome> unsent = new ArrayList<>();
        boolean together = true;
        boolean waits = true;
        long since;

        boolean goesOut(long now) {
            return !unsent.isEmpty() && (running.isEmpty() || !waits || now - since >= TOGETHER.toNanos());
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
                LOG.warn("the job store did not answer; jobs go on, and it is asked again", failed);
            }
        }
    }

    boolean drained() {
        return draining && batches.isEmpty() && buffer.isEmpty() && active.get() == 0 && arrived.isEmpty();
    }

    /** Finishes what has arrived and claims what fits. */
    void turn() {
        if (draining || paused) {
            returnBuffered();
        }
        collectArrived();
        returnUnheardClaims();
        long now = ticks.getAsLong();
        List<JobOutcome> out = new ArrayList<>();
        List<Long> sent = new ArrayList<>();
        batches.forEach((id, batch) -> {
            if (batch.goesOut(now)) {
                out.addAll(batch.unsent);
                sent.add(id);
                // What was kept back for the sake of those that end may run now.
                maybeDue |= !batch.together;
            } else if (!batch.unsent.isEmpty()) {
                signal.raiseAfter(TOGETHER.toNanos() - (now - batch.since));
            }
        });
        int wanted = wanted();
        if (out.isEmpty() && wanted == 0) {
            return;
        }
        if (wanted > 0) {
            maybeDue = false;
        }
        Claimed claimed = ask(out, wanted);
        sent.forEach(this::confirm);
        if (wanted > 0) {
            byTurns = claimed.byTurns();
            maybeDue |= claimed.jobs().size() == wanted;
        }
        if (claimed.again() != null) {
            maybeDue = true;
            signal.raiseAfter(claimed.again().toNanos());
        }
        start(claimed);
    }

    private Claimed ask(List<JobOutcome> out, int wanted) {
        try {
            return store.finishAndClaim(lease.owner(), out, queue, wanted, policy.limits());
        } catch (RuntimeException | Error lost) {
            unsure = true;
            sureFrom = ticks.getAsLong() + leaseLength.toNanos();
            maybeDue = true;
            throw lost;
        }
    }

    private int wanted() {
        if (draining || paused || !lease.live() || !maybeDue) {
            return 0;
        }
        int held = buffered.get() + active.get();
        int capacity = policy.capacity(runTime.average(), byTurns);
        // A claim for a sliver of the buffer costs as much as one for all of it.
        return buffered.get() > refill ? 0 : Math.max(0, capacity - held);
    }

    private void confirm(long id) {
        Batch batch = requireNonNull(batches.get(id));
        batch.unsent.clear();
        batch.waits = batch.together;
        if (batch.running.isEmpty()) {
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
        if (!unsure || ticks.getAsLong() - sureFrom < 0) {
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
