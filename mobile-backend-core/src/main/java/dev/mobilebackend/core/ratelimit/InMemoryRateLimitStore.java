// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Limits counted in this process alone: with n instances a subject may get n times its permits. A table of fixed size,
 * sixteen bytes a key, that allocates nothing once it is made, whatever the number of subjects.
 *
 * <p>A key can stand in any of the eight slots of one bucket. Each slot has the key and, beside it, its time; a key
 * that comes to a full bucket takes the slot whose time is earliest, so whoever is forgotten is the one with the
 * shortest way to all its permits, mostly one that has them anyway. Nobody is ever counted as another but where two
 * hashes of 64 bits are equal.
 *
 * <p>A time is changed by compare-and-set alone. A slot changes hands under its bucket's lock: the time is
 * {@link #MOVING} while the key is replaced, so no compare-and-set that was begun for the old key succeeds.
 */
public final class InMemoryRateLimitStore implements RateLimitStore {

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int SLOTS = 8;
    private static final int BUCKET = 2 * SLOTS;
    private static final int LOCKS = 64;
    private static final int ABSENT = -1;

    /** Well under a microsecond, and some microseconds after four doublings. */
    private static final int FIRST_PAUSE = 32;

    private static final int DOUBLINGS = 4;

    /** The time of a slot that changes hands. */
    static final long MOVING = Long.MIN_VALUE;

    /** The time of a key without one: all its permits have been back for ever. */
    private static final long LONG_AGO = 0;

    private final long[] table;
    private final int mask;
    private final Object[] locks = new Object[LOCKS];
    private final byte[] hashKey = new byte[16];
    private final LongAdder forgotten = new LongAdder();

    /** Room for 131,072 keys, in two megabytes. */
    public InMemoryRateLimitStore() {
        this(1 << 17);
    }

    /** Room for at least so many keys; give it twice as many as have used permits at any one time. */
    public InMemoryRateLimitStore(int keys) {
        this(keys, Ambient.random());
    }

    /**
     * As above.
     *
     * @param random where the secret of this store's hashes comes from
     */
    public InMemoryRateLimitStore(int keys, RandomGenerator random) {
        requireNonNull(random, "random must not be null");
        if (keys < 1 || keys > 1 << 26) {
            throw new IllegalArgumentException("keys must be 1 to 67,108,864, was " + keys);
        }
        int bits = 32 - Integer.numberOfLeadingZeros((keys - 1) / SLOTS);
        table = new long[BUCKET << bits];
        mask = (1 << bits) - 1;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
        random.nextBytes(hashKey);
    }

    @Override
    public byte[] hashKey() {
        return hashKey.clone();
    }

    /** How many keys there is room for. */
    public int capacity() {
        return table.length / 2;
    }

    /** How many keys have been forgotten before all their permits were back: more than a few mean too little room. */
    public long forgotten() {
        return forgotten.sum();
    }

    @Override
    public boolean take(Bands bands, long now) {
        int count = bands.count();
        if (count > 1 && !allHave(bands, now)) {
            return false;
        }
        for (int band = 0; band < count; band++) {
            long outcome = take(bands.key(band), bands.cost(band), bands.window(band), now);
            bands.outcome(band, outcome);
            if (outcome < 0) {
                giveBack(bands, band, now);
                return false;
            }
        }
        return true;
    }

    @Override
    public void settle(Bands bands, long now) {
        for (int band = 0; band < bands.count(); band++) {
            charge(bands.key(band), bands.cost(band), bands.window(band), now);
        }
    }

    private boolean allHave(Bands bands, long now) {
        boolean all = true;
        for (int band = 0; band < bands.count(); band++) {
            long untilFull = untilFull(bands.key(band), bands.window(band), now);
            long wait = untilFull + bands.cost(band) - bands.window(band);
            bands.outcome(band, wait > 0 ? -wait : untilFull);
            all &= wait <= 0;
        }
        return all;
    }

    /** Another request was quicker in the band that refused, after all of them had been asked. */
    private void giveBack(Bands bands, int refused, long now) {
        for (int band = 0; band < refused; band++) {
            charge(bands.key(band), -bands.cost(band), bands.window(band), now);
            bands.outcome(band, Math.max(0, bands.outcome(band) - bands.cost(band)));
        }
    }

    private long untilFull(long key, long window, long now) {
        for (int attempt = 0; ; attempt++) {
            int slot = find(key);
            if (slot == ABSENT) {
                return 0;
            }
            long time = time(slot, key);
            if (time != MOVING) {
                return Math.max(time, now) - now > 2 * window
                        ? pullBack(slot, time, window, now)
                        : Math.max(time, now) - now;
            }
            pause(attempt);
        }
    }

    @Override
    public long take(long key, long cost, long window, long now) {
        for (int attempt = 0; ; attempt++) {
            int slot = find(key);
            long before = slot == ABSENT ? LONG_AGO : time(slot, key);
            if (before != MOVING) {
                long untilFull = Math.max(before, now) - now;
                if (untilFull + cost > window) {
                    return window - cost - (untilFull > 2 * window ? pullBack(slot, before, window, now) : untilFull);
                }
                untilFull += cost;
                boolean taken = slot == ABSENT
                        ? untilFull == 0 || insert(key, now + untilFull, now)
                        : LONGS.compareAndSet(table, slot + 1, before, now + untilFull);
                if (taken) {
                    return untilFull;
                }
            }
            pause(attempt);
        }
    }

    private void charge(long key, long cost, long window, long now) {
        for (int attempt = 0; ; attempt++) {
            int slot = find(key);
            long before = slot == ABSENT ? LONG_AGO : time(slot, key);
            if (before != MOVING) {
                long after = cost < 0 ? before + cost : Math.min(Math.max(before, now) + cost, now + 2 * window);
                boolean charged = slot == ABSENT
                        ? cost <= 0 || insert(key, after, now)
                        : LONGS.compareAndSet(table, slot + 1, before, after);
                if (charged) {
                    return;
                }
            }
            pause(attempt);
        }
    }

    /** If another request is quicker, the next one sees to it. */
    private long pullBack(int slot, long time, long window, long now) {
        LONGS.compareAndSet(table, slot + 1, time, now + 2 * window);
        return 2 * window;
    }

    private int bucket(long key) {
        return ((int) (key >>> 32) & mask) * BUCKET;
    }

    /** The slot that has the key right now. */
    int find(long key) {
        int bucket = bucket(key);
        for (int slot = bucket; slot < bucket + BUCKET; slot += 2) {
            if ((long) LONGS.getAcquire(table, slot) == key) {
                return slot;
            }
        }
        return ABSENT;
    }

    /** The time of a slot that had that key a moment ago, or {@link #MOVING} if it may be another's by now. */
    long time(int slot, long key) {
        long time = (long) LONGS.getAcquire(table, slot + 1);
        return (long) LONGS.getAcquire(table, slot) == key ? time : MOVING;
    }

    /** Gives a key the slot of its bucket that matters least, unless another request has given it one already. */
    private boolean insert(long key, long time, long now) {
        int bucket = bucket(key);
        synchronized (lock(key)) {
            if (find(key) != ABSENT) {
                return false;
            }
            while (true) {
                int slot = earliest(bucket);
                long before = (long) LONGS.getAcquire(table, slot + 1);
                if (LONGS.compareAndSet(table, slot + 1, before, MOVING)) {
                    LONGS.setRelease(table, slot, key);
                    LONGS.setRelease(table, slot + 1, time);
                    if (before > now) {
                        forgotten.increment();
                    }
                    return true;
                }
            }
        }
    }

    /** What guards the bucket of a key. */
    Object lock(long key) {
        return locks[bucket(key) / BUCKET % LOCKS];
    }

    private int earliest(int bucket) {
        int earliest = bucket;
        for (int slot = bucket + 2; slot < bucket + BUCKET; slot += 2) {
            if ((long) LONGS.getAcquire(table, slot + 1) < (long) LONGS.getAcquire(table, earliest + 1)) {
                earliest = slot;
            }
        }
        return earliest;
    }

    /**
     * Lets whoever was quicker go on alone for a while, longer each time: threads that try again at once only take the
     * key's cache line from each other.
     */
    private static void pause(int attempt) {
        int times = FIRST_PAUSE << Math.min(attempt, DOUBLINGS);
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
