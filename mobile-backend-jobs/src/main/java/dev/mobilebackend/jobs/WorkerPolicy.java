// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * How a worker keeps in touch with its store.
 *
 * @param lease how long the store waits for a sign of life before others take over
 * @param poll how long a worker goes without looking for jobs that nobody announced
 */
record WorkerPolicy(Duration lease, Duration poll) {

    /** Orphans run again within ten seconds, at one query a second. */
    static final WorkerPolicy STANDARD = new WorkerPolicy(Duration.ofSeconds(6), Duration.ofSeconds(1));

    WorkerPolicy {
        if (lease.compareTo(Duration.ofMillis(100)) < 0 || lease.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("lease must be from PT0.1S to PT1H, was " + lease);
        }
        if (poll.compareTo(Duration.ofMillis(1)) < 0 || poll.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("poll must be from PT0.001S to PT1H, was " + poll);
        }
    }

    /** A heartbeat is a look around too; two may be lost before the lease ends. */
    Duration beat() {
        Duration third = lease.dividedBy(3);
        return poll.compareTo(third) < 0 ? poll : third;
    }
}
