// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it stands in the database.
 *
 * @param spec what {@link Schedule#spec} says
 * @param zone the id of {@link Schedule#zone}
 * @param next the first tick that is not a job yet; while it is paused, the one that the pause holds back
 * @param last the newest tick that became a job
 */
public record ScheduleState(
        String name,
        String spec,
        String zone,
        Instant next,
        @Nullable Instant last,
        boolean paused) {}
