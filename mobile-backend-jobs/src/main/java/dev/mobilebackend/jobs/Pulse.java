// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.Map;

/**
 * What a heartbeat finds out.
 *
 * @param alive false if the lease had ended and the owner is no more
 * @param orphans whether there are jobs to {@link JobStore#rescue}
 * @param due for each queue asked for that has a waiting job, how long until the first is due: not positive if it is
 */
public record Pulse(boolean alive, boolean orphans, Map<String, Duration> due) {

    public Pulse {
        due = Map.copyOf(due);
    }
}
