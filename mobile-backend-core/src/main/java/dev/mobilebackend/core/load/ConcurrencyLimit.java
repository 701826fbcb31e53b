// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import dev.mobilebackend.core.exchange.Priority;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests may be in flight, found by trying. Knows neither HTTP nor a clock: whoever calls says the time, in
 * nanoseconds that never jump. Thread safe; requests wait for no lock, and allocate nothing.
 *
 * <p>The right limit is the lowest that costs no throughput: above it requests only wait for each other (Little's law).
 * So while requests are refused, the limit is halved for a short time. If as many are answered as before, it stays
 * there and is halved again; if fewer, it goes back and then up. Latencies play no part: a slow route, or a database
 * that has become slow, looks like a queue and is none. While nothing is refused nothing is tried, and the limit goes
 * back to where it began.
 */
final class ConcurrencyLimit {

    private enum Phase {
        /** The limit holds or grows, window of time by window. */
        STEADY,
        /** It goes down to the half by two for three requests that end, so that some are let in meanwhile. */
        LOWERING,
        /** It stands at the half for as long as it stood above. */
        TRYING
    }

    private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_WINDOW = TimeUnit.SECONDS.toNanos(5);

    /** Answers that tell the throughput of a window. */
    private static final int ENOUGH = 32;

    private static final int FIRST_GROWTHS = 2;
    private static final int GROWTHS = 4;

    /** Windows that a limit is left alone when it is found to lie between a half that holds and one that does not. */
    private static final int REST = 8;

    private static final int BITS = 20;
    private static final long MASK = (1L << BITS) - 1;

    private final LoadPolicy policy;

    /** Some bits for each priority, so that one compare-and-set sees and changes all. */
    private final AtomicLong inFlight = new AtomicLong();

    private final Map<Priority, LongAdder> refused = new EnumMap<>(Priority.class);
    private final LongAdder answered = new LongAdder();
    private volatile int limit;
    private volatile boolean refusing;
    private volatile long windowEnd;
    private volatile Phase phase = Phase.STEADY;

    /** Held, never waited for, by whoever changes what stands below. */
    private final ReentrantLock reviewing = new ReentrantLock();

    private long windowStart;
    private int windowsToTry = FIRST_GROWTHS;
    private int triedFrom;
    private int half;
    private boolean halved;
    private long ends;
    private long answersBefore;
    private long lengthBefore;

    ConcurrencyLimit(LoadPolicy policy, long now) {
        this.policy = policy;
        limit = policy.start();
        for (Priority priority : Priority.values()) {
            refused.put(priority, new LongAdder());
        }
        beginWindow(now, WINDOW);
    }

    /** Lets a request in, which must {@link #end} once, unless as many as its priority may have are in flight. */
    boolean tryBegin(Priority priority, long now) {
        reviewIfDue(now);
        int share = policy.share(limit, priority);
        long before = inFlight.get();
        while (total(before) < share) {
            if (inFlight.compareAndSet(before, before + one(priority))) {
                return true;
            }
            before = inFlight.get();
        }
        refusals(priority).increment();
        if (!refusing) {
            refusing = true;
        }
        return false;
    }

    /** Ends a request whose answer was of use to its client. */
    void end(Priority priority, long now) {
        answered.increment();
        endInVain(priority, now);
    }

    /** Ends a request that was let in and failed, or whose client had gone. */
    void endInVain(Priority priority, long now) {
        long before = inFlight.get();
        while (of(priority, before) > 0) {
            if (inFlight.compareAndSet(before, before - one(priority))) {
                lowerIfTrying(now);
                reviewIfDue(now);
                return;
            }
            before = inFlight.get();
        }
        throw new IllegalStateException("a request of priority " + priority + " ended twice, or never began");
    }

    int limit() {
        return limit;
    }

    int inFlight(Priority priority) {
        return of(priority, inFlight.get());
    }

    /** How many of a priority were refused since the start. */
    long refused(Priority priority) {
        return refusals(priority).sum();
    }

    private LongAdder refusals(Priority priority) {
        return Objects.requireNonNull(refused.get(priority));
    }

    private void lowerIfTrying(long now) {
        if (phase != Phase.LOWERING || !reviewing.tryLock()) {
            return;
        }
        try {
            if (phase == Phase.LOWERING) {
                ends++;
                limit = Math.max(half, triedFrom - (int) (2 * ends / 3));
                if (limit == half) {
                    phase = Phase.TRYING;
                    beginWindow(now, lengthBefore);
                }
            }
        } finally {
            reviewing.unlock();
        }
    }

    private void reviewIfDue(long now) {
        if (now - windowEnd < 0 || !reviewing.tryLock()) {
            return;
        }
        try {
            if (now - windowEnd >= 0) {
                switch (phase) {
                    case STEADY -> reviewSteady(now);
                    // So late only because fewer requests end than before.
                    case LOWERING -> goBack(now);
                    case TRYING -> reviewTry(now);
                }
            }
        } finally {
            reviewing.unlock();
        }
    }

    private void reviewSteady(long now) {
        long answers = answered.sum();
        long length = now - windowStart;
        if (answers < ENOUGH && length < LONGEST_WINDOW) {
            windowEnd = now + WINDOW;
            return;
        }
        // Where so few are answered, this many in flight are seconds of work: no time to see what growing brings.
        boolean slow = length >= 2 * WINDOW && windowsToTry <= FIRST_GROWTHS;
        if (answers >= ENOUGH && refusing && (slow || windowsToTry == 0)) {
            tryHalf(answers, length, now);
            return;
        }
        if (answers >= ENOUGH && refusing) {
            if (windowsToTry <= GROWTHS) {
                limit = Math.min(policy.maximum(), limit + limit / 4 + 1);
            }
            windowsToTry--;
        } else if (answers >= ENOUGH) {
            windowsToTry = FIRST_GROWTHS;
            halved = false;
            goTowardsStart();
        }
        beginWindow(now, WINDOW);
    }

    /** Downwards only if twice the requests in flight would fit: they may be what needs the room. */
    private void goTowardsStart() {
        int from = limit;
        int way = policy.start() - from;
        if (way > 0) {
            limit = from + way / 8 + 1;
        } else if (way < 0 && 2 * total(inFlight.get()) < from) {
            limit = from + way / 8 - 1;
        }
    }

    private void tryHalf(long answers, long length, long now) {
        triedFrom = limit;
        half = Math.max(policy.minimum(), limit / 2);
        answersBefore = answers;
        lengthBefore = length;
        if (half > limit * 3L / 4) {
            goBack(now);
            return;
        }
        ends = 0;
        phase = Phase.LOWERING;
        long needed = 3L * (limit - half) / 2;
        beginWindow(now, WINDOW + 2 * needed * length / answers);
    }

    private void reviewTry(long now) {
        long answers = answered.sum();
        // A difference that chance alone makes (the root of a count) costs nothing.
        double bearable = Math.max(answersBefore / 8.0, 2 * Math.sqrt((double) answersBefore));
        if (answers < answersBefore - bearable) {
            goBack(now);
        } else if (refusing) {
            halved = true;
            halveAgain(answers, now);
        } else {
            phase = Phase.STEADY;
            beginWindow(now, WINDOW);
        }
    }

    /** From what was answered just now, or, where that is too little to compare with, after one more window. */
    private void halveAgain(long answers, long now) {
        if (answers >= ENOUGH) {
            tryHalf(answers, now - windowStart, now);
        } else {
            windowsToTry = 0;
            phase = Phase.STEADY;
            beginWindow(now, WINDOW);
        }
    }

    /** Back to the limit that was tried, which grows from there, at once if no half of it ever held. */
    private void goBack(long now) {
        limit = triedFrom;
        windowsToTry = halved ? REST + GROWTHS : GROWTHS;
        halved = false;
        phase = Phase.STEADY;
        beginWindow(now, WINDOW);
    }

    private void beginWindow(long now, long length) {
        answered.reset();
        refusing = false;
        windowStart = now;
        windowEnd = now + length;
    }

    private static long one(Priority priority) {
        return 1L << shift(priority);
    }

    private static int of(Priority priority, long packed) {
        return (int) (packed >>> shift(priority) & MASK);
    }

    private static int shift(Priority priority) {
        return switch (priority) {
            case USER_ACTION -> 0;
            case NORMAL -> BITS;
            case BACKGROUND -> 2 * BITS;
        };
    }

    private static int total(long packed) {
        return of(Priority.USER_ACTION, packed) + of(Priority.NORMAL, packed) + of(Priority.BACKGROUND, packed);
    }
}
