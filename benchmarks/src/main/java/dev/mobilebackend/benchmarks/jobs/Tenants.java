// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A thousand tenants whose jobs take a millisecond each. All but the first enqueue 200 a second together, each drawn
 * evenly, with pauses as independent events have them; the first does nothing or floods.
 */
final class Tenants {

    private static final int COUNT = 1_000;
    private static final int FIRST = 0;
    private static final int A_SECOND = 200;
    private static final int SENDERS = 4;
    private static final Duration WORK = Duration.ofMillis(1);

    private final JdbiJobStore jobs;
    private final Random random;
    private final ConcurrentMap<Long, Long> sent = new ConcurrentHashMap<>();
    private final Queue<Double> waits = new ConcurrentLinkedQueue<>();
    private final Drain flood = new Drain();
    private final Drain others = new Drain();
    private long floods;
    private long numbers;

    /** What a tenant's job carries. */
    @JobKind("tenant-work")
    record TenantWork(int tenant, long number) {}

    Tenants(Database database, int seed) {
        Schema.install(database, JdbiJobStore.SCHEMA);
        this.jobs = JdbiJobStore.of(database);
        this.random = new Random(seed);
    }

    /** Runs their jobs, with all that a worker does by default. */
    Worker worker() {
        return Worker.builder(jobs)
                .handle(TenantWork.class, (job, context) -> work(job))
                .build();
    }

    /** Milliseconds that the others' jobs wait while the first does nothing. */
    Samples waits(Duration length) throws InterruptedException {
        return waitsUntil(() -> Thread.sleep(length.toMillis()));
    }

    /** Milliseconds that the others' jobs wait which are enqueued while so many of the first one's do. */
    Samples waitsInFlood(int size) throws InterruptedException {
        jobs.enqueueAll(
                IntStream.range(0, size).mapToObj(number -> job(FIRST, number)).toList());
        floods += size;
        return waitsUntil(() -> flood.await(floods));
    }

    private interface Ending {
        void await() throws InterruptedException;
    }

    private Samples waitsUntil(Ending ending) throws InterruptedException {
        waits.clear();
        var over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS, Ambient.threads("sender"));
        List<Future<?>> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            var own = new Random(random.nextLong());
            senders.add(threads.submit(() -> send(own, over)));
        }
        threads.shutdown();
        ending.await();
        over.set(true);
        for (Future<?> each : senders) {
            end(each);
        }
        others.await(numbers);
        var samples = new Samples();
        waits.forEach(samples::add);
        return samples;
    }

    private static void end(Future<?> sender) throws InterruptedException {
        try {
            sender.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a sender broke off", failed.getCause());
        }
    }

    private void send(Random own, AtomicBoolean over) {
        while (!over.get()) {
            double seconds = -Math.log(1 - own.nextDouble()) * SENDERS / A_SECOND;
            LockSupport.parkNanos((long) (seconds * 1e9));
            NewJob job = job(1 + own.nextInt(COUNT - 1), nextNumber());
            jobs.enqueue(job);
        }
    }

    private synchronized long nextNumber() {
        numbers++;
        sent.put(numbers, System.nanoTime());
        return numbers;
    }

    private static NewJob job(int tenant, long number) {
        return NewJob.of(new TenantWork(tenant, number));
    }

    private void work(TenantWork job) throws InterruptedException {
        long now = System.nanoTime();
        if (job.tenant == FIRST) {
            flood.accept(job.number);
        } else {
            waits.add((now - Objects.requireNonNull(sent.remove(job.number))) / 1e6);
            others.accept(job.number);
        }
        Thread.sleep(WORK.toMillis());
    }
}
