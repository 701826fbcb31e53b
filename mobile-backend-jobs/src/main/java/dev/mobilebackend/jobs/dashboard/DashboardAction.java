// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has done on the dashboard.
 *
 * @param action such as {@code jobs/replay} or {@code queues/pause}
 * @param subject the job's id, the queue, the kind or the schedule
 * @param changed how many jobs, queues or schedules are not as they were before: 0 where there was nothing to do
 * @param accountId who did it, where the edge's authentication knows
 */
public record DashboardAction(
        Instant at,
        String action,
        String subject,
        int changed,
        @Nullable String accountId,
        ClientAddress client,
        String requestId) {}
