// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * How much a worker does at once and how it keeps in touch with its store.
 *
 * @param concurrency how many jobs run at a time
 * @param lease how long the store waits for a sign of life before others take over
 * @param poll how long an idle worker waits before it looks for jobs that nobody announced
 */
record WorkerPolicy(int concurrency, Duration lease, Duration poll) {

    /** Eight jobs, a heartbeat and a claim fit into a pool of ten connections; orphans run again within ten seconds. */
    static final WorkerPolicy STANDARD = new WorkerPolicy(8, Duration.ofSeconds(6), Duration.ofSeconds(1));

    WorkerPolicy {
        if (concurrency < 1 || concurrency > 10_000) {
            throw new IllegalArgumentException("concurrency must be from 1 to 10000, was " + concurrency);
        }
        if (lease.compareTo(Duration.ofMillis(100)) < 0 || lease.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("lease must be from PT0.1S to PT1H, was " + lease);
        }
        if (poll.compareTo(Duration.ofMillis(1)) < 0 || poll.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("poll must be from PT0.001S to PT1H, was " + poll);
        }
    }

    /** Two heartbeats may be lost before the lease ends. */
    Duration beat() {
        return lease.dividedBy(3);
    }
}
