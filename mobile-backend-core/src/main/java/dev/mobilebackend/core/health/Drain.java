// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way an instance leaves without losing a request: it says that it is not ready, answers on until load balancers
 * have noticed, closes each connection with its next answer, waits for what is still being answered, and stops. Put it
 * into the edge, which tells it what is being answered. Thread safe.
 *
 * <pre>{@code
 * var drain = new Drain(health, DrainPolicy.usual());
 * var edge = Edge.builder().observe(drain). ... .build();
 * Runtime.getRuntime().addShutdownHook(new Thread(() -> drain.run(server::stop)));
 * }</pre>
 */
public final class Drain implements EdgeStep {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final Health health;
    private final DrainPolicy policy;
    private final Consumer<Duration> pause;
    private final AtomicLong arrived = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private volatile boolean begun;

    public Drain(Health health, DrainPolicy policy) {
        this(health, policy, Drain::pass);
    }

    Drain(Health health, DrainPolicy policy, Consumer<Duration> pause) {
        this.health = requireNonNull(health, "health must not be null: it is what says that this instance leaves");
        this.policy = requireNonNull(policy, "policy must not be null: DrainPolicy.usual() is the usual one");
        this.pause = pause;
    }

    @Override
    public void apply(Exchange exchange) {
        arrived.incrementAndGet();
        // Later versions of HTTP have no such field (RFC 9113 section 8.2.2); there the server says goodbye itself.
        if (begun && exchange.protocol().startsWith("HTTP/1")) {
            exchange.setHeader("Connection", "close");
        }
    }

    @Override
    public void after(Exchange exchange, Outcome outcome) {
        ended.incrementAndGet();
        if (begun && active() == 0) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** How many requests are being answered: some of them may have reached their clients, and end only now. */
    public int active() {
        long over = ended.get(); // read first, so that no request counts as over that does not count as arrived
        return (int) (arrived.get() - over);
    }

    /**
     * How many requests have come since the start. Whoever sends all that this instance gets, and stops, has lost none
     * on the way once as many have come as were sent.
     */
    public long arrived() {
        return arrived.get();
    }

    /**
     * Leaves, and returns when it has: {@link #begin}, the grace, {@link #finish}.
     *
     * @param stop stops the server; it should let answers that are on their way leave
     * @return how many requests were still being answered when patience ended
     */
    public int run(Runnable stop) {
        begin();
        pause.accept(policy.grace());
        return finish(stop);
    }

    /** Says from now on that this instance is not ready, and closes connections; for whoever waits in another way. */
    public void begin() {
        health.drain();
        begun = true;
    }

    /** Waits for what is being answered as long as patience lasts, and stops; the last part of {@link #run}. */
    public int finish(Runnable stop) {
        int left = awaitIdle();
        if (left > 0) {
            LOG.warn(
                    "stopping though {} requests are still being answered after {}: give a drain more patience, or"
                            + " requests less time",
                    left,
                    policy.patience());
        }
        stop.run();
        return left;
    }

    private int awaitIdle() {
        lock.lock();
        try {
            long nanos = policy.patience().toNanos();
            while (active() > 0 && nanos > 0) {
                nanos = idle.awaitNanos(nanos);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return active();
    }

    private static void pass(Duration span) {
        try {
            // Nobody counts down: this waits for the time alone.
            boolean early = new CountDownLatch(1).await(span.toNanos(), TimeUnit.NANOSECONDS);
            assert !early;
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
