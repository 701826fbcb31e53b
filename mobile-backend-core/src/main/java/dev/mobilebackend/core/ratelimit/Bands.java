// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import java.util.Arrays;

/**
 * What one request takes from a {@link RateLimitStore}, and what came of it. All times are microseconds. Can be used
 * again once cleared. Used by one thread at a time.
 */
public final class Bands {

    private static final int WIDTH = 4;
    private static final int KEY = 0;
    private static final int COST = 1;
    private static final int WINDOW = 2;
    private static final int OUTCOME = 3;

    private long[] cells;
    private int count;

    /** No bands yet, with room for as many. */
    public Bands(int capacity) {
        cells = new long[WIDTH * capacity];
    }

    public void clear() {
        count = 0;
    }

    /**
     * One more band.
     *
     * @param key what is counted, from {@link SubjectKeys}
     * @param cost after which time what is taken is back
     * @param window after which time everything is back
     */
    public void add(long key, long cost, long window) {
        int at = WIDTH * count++;
        if (at == cells.length) {
            cells = Arrays.copyOf(cells, Math.max(WIDTH, 2 * at));
        }
        cells[at + KEY] = key;
        cells[at + COST] = cost;
        cells[at + WINDOW] = window;
    }

    public int count() {
        return count;
    }

    public long key(int band) {
        return cells[WIDTH * band + KEY];
    }

    public long cost(int band) {
        return cells[WIDTH * band + COST];
    }

    public long window(int band) {
        return cells[WIDTH * band + WINDOW];
    }

    /**
     * Minus the time to wait if this band refused; otherwise the time until all its permits are back, after its cost
     * was taken or, where another band refused, without it.
     */
    public long outcome(int band) {
        return cells[WIDTH * band + OUTCOME];
    }

    /** Called by the store. */
    public void outcome(int band, long micros) {
        cells[WIDTH * band + OUTCOME] = micros;
    }
}
