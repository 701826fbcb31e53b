// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a flow is.
 *
 * @param endedAt when it was done, stopped or cancelled
 * @param steps in the order in which they were given
 */
public record FlowStatus(
        long id,
        @Nullable String name,
        FlowState state,
        Instant startedAt,
        @Nullable Instant endedAt,
        List<Step> steps) {

    public FlowStatus {
        steps = List.copyOf(steps);
    }

    /**
     * The jobs of a step.
     *
     * @param left how many have not ended, or not begun
     */
    public record Step(long total, long done, long dead, long cancelled, long left) {}

    /** How many jobs of all steps are dead. */
    public long dead() {
        return steps.stream().mapToLong(Step::dead).sum();
    }
}
