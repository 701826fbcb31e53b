// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process's lease as the process itself can know it: counted from before each heartbeat was sent, so that it
 * ends here no later than in the store. {@link #renew} and {@link #leave} are for one thread, the rest for any.
 */
final class Lease {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final JobStore store;
    private final Duration length;
    private final LongSupplier ticks;
    private volatile Held held;

    private record Held(long owner, long until) {}

    private Lease(JobStore store, Duration length, LongSupplier ticks) {
        this.store = store;
        this.length = length;
        this.ticks = ticks;
        this.held = join();
    }

    static Lease join(JobStore store, Duration length, LongSupplier ticks) {
        return new Lease(store, length, ticks);
    }

    long owner() {
        return held.owner;
    }

    /** Whether no other process can have taken over. */
    boolean live() {
        return live(held);
    }

    /** Whether a claim may still be acted on. */
    boolean covers(Claim claim) {
        Held now = held;
        return now.owner == claim.owner() && live(now);
    }

    /**
     * One heartbeat; then takes jobs over from processes whose lease has ended. A process that missed its own lease
     * leaves the others time for a heartbeat first: most likely the store was away for all of them.
     *
     * @return what it found, where a rescue that found jobs leaves no queue without one that is due
     */
    Pulse renew(Set<String> queues) {
        boolean missed = !live();
        long sent = ticks.getAsLong();
        Pulse pulse = store.beat(held.owner, length, queues);
        if (pulse.alive()) {
            held = new Held(held.owner, sent + length.toNanos());
        } else {
            long ended = held.owner;
            held = join();
            LOG.warn(
                    "the lease of worker {} ended before its heartbeat came through: its jobs were taken over, it goes on as {}",
                    ended,
                    held.owner);
        }
        if (missed || !pulse.orphans() || store.rescue() == 0) {
            return pulse;
        }
        return new Pulse(
                pulse.alive(),
                true,
                queues.stream().collect(toMap(queue -> queue, queue -> Duration.ZERO)),
                pulse.paused(),
                pulse.cancelled());
    }

    void leave() {
        store.leave(held.owner);
    }

    private Held join() {
        long sent = ticks.getAsLong();
        return new Held(store.join(length), sent + length.toNanos());
    }

    private boolean live(Held at) {
        return ticks.getAsLong() - at.until < 0;
    }
}
