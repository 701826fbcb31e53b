// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/** How long jobs of a queue take on average, the latest weighing most: a hint, so threads may overwrite each other. */
final class RunTime {

    private static final int WEIGHT = 16;

    private volatile long average;

    void add(long nanos) {
        long before = average;
        average = before == 0 ? nanos : before + (nanos - before) / WEIGHT;
    }

    /** In nanoseconds; 0 while nothing is known. */
    long average() {
        return average;
    }
}
