// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs of a store in this process. Every process may have one; none runs a job that another's lease covers.
 *
 * <pre>{@code
 * var store = JdbiJobStore.of(database);
 * var worker = Worker.builder(store)
 *     .handle(SendMail.class, (job, context) -> mail.send(job.to(), job.text()))
 *     .handle(MakeReceipt.class, store.inTransaction((job, handle) -> receipts.make(handle, job.orderId())))
 *     .build();
 * worker.start();
 * }</pre>
 *
 * Job threads are interrupted where {@link HandlerPolicy#interruptAfter} says so, and never else. Thread safe.
 */
public final class Worker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** Ends before the thirty seconds that most platforms wait between SIGTERM and SIGKILL. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);

    private final JobStore store;
    private final WorkerPolicy policy;
    private final Map<String, QueuePolicy> queues;
    private final Map<String, RunMeter> meters;
    private final @Nullable Supplier<Duration> schedules;
    private final ThreadFactory threads;
    private final LongSupplier ticks;
    private final Cancels cancels = new Cancels();
    private final Object lifecycle = new Object();
    private @Nullable Running running;
    private boolean closed;

    /** What {@link #start} made. */
    private record Running(
            Map<String, QueueRunner> queues,
            Lease lease,
            RunMinutes minutes,
            ScheduledExecutorService heartbeat,
            Future<?> beats,
            @Nullable ScheduleLoop schedules,
            ExecutorService pool,
            Consumer<String> wake,
            CountDownLatch ended) {}

    private Worker(Builder builder) {
        this.store = builder.store;
        this.policy = new WorkerPolicy(builder.lease, builder.poll);
        this.queues = Map.copyOf(builder.queues);
        var runner = new JobRunner(
                builder.store,
                builder.handlers,
                builder.upgrades.build(),
                builder.retry,
                builder.random,
                cancels,
                builder.ticks);
        var metered = new HashMap<String, RunMeter>();
        queues.keySet()
                .forEach(queue -> metered.put(queue, new RunMeter(queue, runner, builder.observers, builder.ticks)));
        this.meters = Map.copyOf(metered);
        this.schedules = builder.schedules;
        this.threads = builder.threads;
        this.ticks = builder.ticks;
    }

    public static Builder builder(JobStore store) {
        return new Builder(store);
    }

    /**
     * Begins to claim and run jobs on threads of its own.
     *
     * @throws IllegalStateException if it was started or closed before
     */
    public void start() {
        synchronized (lifecycle) {
            if (running != null || closed) {
                throw new IllegalStateException("a worker starts once, and this one was "
                        + (closed ? "closed" : "started") + " before: build another");
            }
            running = begin();
        }
    }

    /**
     * Runs every due job on the calling thread, with those that become due meanwhile, and says how many runs that took:
     * for tests, which then need neither threads nor waiting.
     *
     * @throws IllegalStateException if the worker is started
     */
    public int runDue() {
        synchronized (lifecycle) {
            if (running != null) {
                throw new IllegalStateException("runDue is for a worker that was not started: this one runs by itself");
            }
        }
        store.rescue();
        long owner = store.join(policy.lease());
        var minutes = new RunMinutes(store, meters.values(), ticks);
        try {
            Pulse first = store.beat(owner, policy.lease(), Set.of());
            cancels.heard(first.cancelled());
            int runs = 0;
            int before = -1;
            while (runs > before) {
                before = runs;
                for (Map.Entry<String, QueuePolicy> queue : queues.entrySet()) {
                    if (!first.paused().contains(queue.getKey())) {
                        runs += runDue(owner, queue.getKey(), queue.getValue());
                    }
                }
            }
            return runs;
        } finally {
            minutes.note(owner);
            store.leave(owner);
        }
    }

    private int runDue(long owner, String queue, QueuePolicy how) {
        RunMeter meter = requireNonNull(meters.get(queue));
        if (how.inClaim()) {
            return InClaimRunner.run(store, owner, queue, meter);
        }
        int runs = 0;
        List<ClaimedJob> claimed =
                store.finishAndClaim(owner, List.of(), queue, 1, how.limits()).jobs();
        while (!claimed.isEmpty()) {
            JobOutcome outcome = meter.run(claimed.get(0));
            runs++;
            cancels.heard(store.beat(owner, policy.lease(), Set.of()).cancelled());
            claimed = store.finishAndClaim(owner, List.of(outcome), queue, 1, how.limits())
                    .jobs();
        }
        return runs;
    }

    /**
     * Claims no more jobs and waits until those that run are finished.
     *
     * @return false if some still ran when the limit was over: they go on while the process lives, their lease with
     *     them, and run again elsewhere if it ends first
     */
    public boolean drain(Duration limit) {
        Running stopping;
        synchronized (lifecycle) {
            closed = true;
            stopping = running;
        }
        if (stopping == null) {
            return true;
        }
        store.removeListener(stopping.wake);
        if (stopping.schedules != null) {
            stopping.schedules.end();
        }
        stopping.queues.values().forEach(QueueRunner::drain);
        boolean ended = await(stopping.ended, limit);
        if (!ended) {
            LOG.warn("jobs still run {} after the worker was told to stop", limit);
        }
        return ended;
    }

    /** {@link #drain} for up to twenty seconds. */
    @Override
    public void close() {
        drain(DRAIN_LIMIT);
    }

    private Running begin() {
        Lease lease = Lease.join(store, policy.lease(), ticks);
        var pool =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        Map<String, QueueRunner> runners = new HashMap<>();
        queues.forEach((name, how) -> runners.put(
                name,
                how.inClaim()
                        ? new InClaimRunner(name, store, lease, requireNonNull(meters.get(name)), pool, ticks)
                        : new Dispatcher(
                                name,
                                how,
                                store,
                                lease,
                                policy.lease(),
                                requireNonNull(meters.get(name)),
                                pool,
                                ticks)));
        // Until the first heartbeat has told which queues are paused.
        runners.values().forEach(queue -> queue.pause(true));
        var minutes = new RunMinutes(store, meters.values(), ticks);
        ScheduledExecutorService heartbeat = Ambient.scheduler("jobs-heartbeat");
        long beat = policy.beat().toNanos();
        Future<?> beats =
                heartbeat.scheduleWithFixedDelay(() -> beat(lease, runners, minutes), 0, beat, TimeUnit.NANOSECONDS);
        Consumer<String> wake = queue -> {
            QueueRunner woken = runners.get(queue);
            if (woken != null) {
                woken.wake();
            }
        };
        var begun =
                new Running(runners, lease, minutes, heartbeat, beats, schedules(), pool, wake, new CountDownLatch(1));
        store.addListener(wake);
        var open = new AtomicInteger(runners.size());
        runners.forEach((name, queue) -> Ambient.threads("jobs-" + name)
                .newThread(() -> {
                    queue.run();
                    if (open.decrementAndGet() == 0) {
                        end(begun);
                    }
                })
                .start());
        return begun;
    }

    private @Nullable ScheduleLoop schedules() {
        if (schedules == null) {
            return null;
        }
        var loop = new ScheduleLoop(schedules, ticks);
        Ambient.threads("jobs-schedules").newThread(loop).start();
        return loop;
    }

    /** The heartbeat outlives the last job: were it to stop first, another process would run that job again. */
    private static void end(Running running) {
        running.pool.shutdown();
        running.beats.cancel(false);
        running.heartbeat.execute(() -> leave(running));
        running.heartbeat.shutdown();
    }

    private static void leave(Running running) {
        try {
            running.minutes.note(running.lease.owner());
            running.lease.leave();
        } catch (RuntimeException failed) {
            LOG.warn("the store did not take back the lease of the jobs, which now ends by itself", failed);
        } finally {
            running.ended.countDown();
        }
    }

    private void beat(Lease lease, Map<String, QueueRunner> queues, RunMinutes minutes) {
        try {
            Pulse pulse = lease.renew(queues.keySet());
            cancels.heard(pulse.cancelled());
            queues.forEach((queue, runner) -> runner.pause(pulse.paused().contains(queue)));
            pulse.due().forEach((queue, wait) -> {
                QueueRunner due = queues.get(queue);
                if (due != null) {
                    due.wakeIn(wait);
                }
            });
            minutes.noteIfTime(lease.owner());
        } catch (RuntimeException | Error failed) {
            LOG.warn("a heartbeat of the jobs failed; no job is started once the lease has ended", failed);
        }
    }

    private static boolean await(CountDownLatch ended, Duration limit) {
        try {
            return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            return ended.getCount() == 0;
        }
    }

    /** What a worker runs, and how. */
    public static final class Builder {

        private final JobStore store;
        private final Map<String, JobRunner.Handled<?>> handlers = new HashMap<>();
        private final Upgrades.Builder upgrades = new Upgrades.Builder();
        private RetryPolicy retry = RetryPolicy.STANDARD;
        private final Map<String, QueuePolicy> queues =
                new HashMap<>(Map.of(NewJob.DEFAULT_QUEUE, QueuePolicy.STANDARD));
        private Duration lease = WorkerPolicy.STANDARD.lease();
        private Duration poll = WorkerPolicy.STANDARD.poll();
        private @Nullable Supplier<Duration> schedules;
        private ThreadFactory threads = Ambient.workerThreads("job");
        private final List<JobObserver> observers = new ArrayList<>();
        private RandomGenerator random = Ambient.random();
        private LongSupplier ticks = Ambient.ticks();

        private Builder(JobStore store) {
            this.store = requireNonNull(store, "store must not be null: such as JdbiJobStore.of(database)");
        }

        /**
         * Runs the jobs of a record's {@link JobKind}.
         *
         * @throws IllegalArgumentException if the record carries none, or the kind has a handler already
         */
        public <J extends Record> Builder handle(Class<J> type, JobHandler<J> handler) {
            return handle(type, handler, HandlerPolicy.STANDARD);
        }

        /** {@link #handle(Class, JobHandler)} with what errors of these jobs mean, and how long they may take. */
        public <J extends Record> Builder handle(Class<J> type, JobHandler<J> handler, HandlerPolicy policy) {
            requireNonNull(type, "type must not be null: the record of the jobs to run");
            requireNonNull(handler, () -> "the handler of " + type.getSimpleName() + " must not be null");
            requireNonNull(policy, () -> "the policy of " + type.getSimpleName() + " must not be null: leave it out");
            String kind = NewJob.kindOf(type);
            if (handlers.putIfAbsent(kind, new JobRunner.Handled<>(type, handler, policy)) != null) {
                throw new IllegalArgumentException(
                        "the kind " + kind + " has two handlers, the second for " + type.getName());
            }
            return this;
        }

        /**
         * How a payload of an earlier version becomes one of a later, for jobs that wait through a deployment.
         *
         * <pre>{@code
         * .handle(MakeReceipt.class, ...)                                    // @JobKind(value = "make-receipt", version = 2)
         * .upgrade(MakeReceipt1.class, old -> new MakeReceipt(old.orderId(), "en"))   // @JobKind("make-receipt")
         * }</pre>
         *
         * @throws IllegalArgumentException if the older record carries no {@link JobKind}, or has an upgrade already
         */
        public <O extends Record> Builder upgrade(Class<O> older, Function<O, ? extends Record> newer) {
            requireNonNull(older, "older must not be null: the record as it was");
            upgrades.add(older, requireNonNull(newer, "newer must not be null: what makes the later record"));
            return this;
        }

        /** {@link RetryPolicy#STANDARD} unless set. */
        public Builder retry(RetryPolicy policy) {
            this.retry = requireNonNull(policy, "retry must not be null: leave it out for the standard one");
            return this;
        }

        /**
         * How many jobs of the default queue run at a time, 8 unless set. The connection pool must have room for those
         * that use it and three more, or the heartbeat starves and other processes take over.
         */
        public Builder concurrency(int jobs) {
            return queue(NewJob.DEFAULT_QUEUE, QueuePolicy.of(jobs));
        }

        /**
         * Serves a queue, on threads of its own. Jobs of a queue that no worker serves wait.
         *
         * @throws IllegalArgumentException if the name is none
         */
        public Builder queue(String name, QueuePolicy policy) {
            NewJob.requireName("queue", name);
            queues.put(name, requireNonNull(policy, "policy must not be null: such as QueuePolicy.of(4)"));
            return this;
        }

        /** How long after its last heartbeat a process counts as dead, 6 seconds unless set. */
        public Builder lease(Duration length) {
            this.lease = requireNonNull(length, "lease must not be null: leave it out for the standard one");
            return this;
        }

        /** How often an idle worker looks for delayed jobs and those that other processes enqueued: every second. */
        public Builder poll(Duration interval) {
            this.poll = requireNonNull(interval, "poll must not be null: leave it out for the standard one");
            return this;
        }

        /**
         * What enqueues jobs by the clock: called again and again on a thread of its own, each time after the wait that
         * it returned.
         *
         * <pre>{@code
         * .schedules(schedules::tick)
         * }</pre>
         */
        public Builder schedules(Supplier<Duration> tick) {
            this.schedules = requireNonNull(tick, "tick must not be null: such as schedules::tick");
            return this;
        }

        /** Hears of each run, such as {@code JobMetrics.of(registry)}; each call adds one. */
        public Builder observe(JobObserver observer) {
            observers.add(requireNonNull(observer, "observer must not be null: leave it out where nobody listens"));
            return this;
        }

        /** Makes the threads that jobs run on: virtual ones where the JDK has them, unless set. */
        public Builder threads(ThreadFactory factory) {
            this.threads = requireNonNull(factory, "threads must not be null: leave them out for our own");
            return this;
        }

        /** The chance in waits between attempts. */
        public Builder random(RandomGenerator generator) {
            this.random = requireNonNull(generator, "random must not be null: leave it out for our own");
            return this;
        }

        /**
         * The worker, not yet started.
         *
         * @throws IllegalArgumentException if a setting is out of its range
         */
        public Worker build() {
            return new Worker(this);
        }
    }
}
