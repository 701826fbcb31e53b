// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What a heartbeat finds out.
 *
 * @param alive false if the lease had ended and the owner is no more
 * @param orphans whether there are jobs to {@link JobStore#rescue}
 * @param due for each queue asked for that has a waiting job, how long until the first is due: not positive if it is
 * @param paused the queues, asked for or not, that {@link JobsView#pause} holds still
 * @param cancelled jobs, of whatever owner, that somebody wants to be cancelled: see {@link JobStore#cancel}
 */
public record Pulse(
        boolean alive, boolean orphans, Map<String, Duration> due, Set<String> paused, Set<Long> cancelled) {

    public Pulse {
        due = Map.copyOf(due);
        paused = Set.copyOf(paused);
        cancelled = Set.copyOf(cancelled);
    }
}
