// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import java.util.HashMap;
import java.util.Map;

/** How many jobs each contender gets a round: what it was seen to run in so many seconds. */
final class Pace {

    private static final int MOST_JOBS = 600_000;
    private static final int FEW_JOBS = 1_000;

    private final double seconds;
    private final Map<Object, Integer> jobs = new HashMap<>();

    Pace(double seconds) {
        this.seconds = seconds;
    }

    /** A few for whom nobody has seen. */
    int jobs(Object contender) {
        return jobs.getOrDefault(contender, FEW_JOBS);
    }

    void saw(Object contender, double perSecond) {
        jobs.put(contender, (int) Math.min(Math.max(perSecond * seconds, FEW_JOBS), MOST_JOBS));
    }
}
