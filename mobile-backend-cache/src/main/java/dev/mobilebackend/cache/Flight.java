// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One load of one key: the thread that asked first makes it and loads, the others wait here for the same outcome.
 *
 * <p>Loads may ask caches for other keys, so threads can come to wait for each other in a ring. Each thread notes what
 * it waits for before it looks for a ring, so of the threads that close one at least one sees it, and fails.
 */
final class Flight<V> {

    /** Over all caches: a ring may lead through several of them. */
    private static final Map<Thread, Flight<?>> WAITING = new ConcurrentHashMap<>();

    private final Thread loader = Thread.currentThread();
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable Entry<V> loaded;
    private @Nullable Throwable failure;

    void land(Entry<V> entry) {
        loaded = entry;
        over.countDown();
    }

    /** What the loading thread throws, every waiting thread throws too; it is unchecked. */
    void fail(Throwable thrown) {
        failure = thrown;
        over.countDown();
    }

    /**
     * Waits for the outcome.
     *
     * @throws CancellationException if this thread is interrupted; its interrupt flag stays set
     * @throws IllegalStateException if the outcome depends on this thread, which would wait for ever
     */
    Entry<V> await(String cache) {
        Thread me = Thread.currentThread();
        WAITING.put(me, this);
        try {
            if (dependsOn(me)) {
                throw new IllegalStateException("the loader of cache " + cache + " waits for itself: it asks, straight"
                        + " or through other loads, for a key that it is loading");
            }
            over.await();
        } catch (InterruptedException interrupted) {
            me.interrupt();
            var cancelled = new CancellationException("interrupted while waiting for a load of cache " + cache);
            cancelled.initCause(interrupted);
            throw cancelled;
        } finally {
            WAITING.remove(me);
        }
        return outcome();
    }

    private Entry<V> outcome() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (loaded == null) {
            throw new IllegalStateException("a load is over with neither outcome nor failure");
        }
        return loaded;
    }

    private boolean dependsOn(Thread me) {
        List<Flight<?>> chain = new ArrayList<>();
        for (Flight<?> next = this; next != null && !chain.contains(next); next = WAITING.get(next.loader)) {
            chain.add(next);
            if (next.loader == me) {
                // The links were read one after the other: only if none is over by now did all of them hold at once.
                return chain.stream().noneMatch(Flight::isOver);
            }
        }
        return false;
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }
}
