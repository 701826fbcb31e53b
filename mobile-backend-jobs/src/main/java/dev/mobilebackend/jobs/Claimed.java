// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a claim came to.
 *
 * @param jobs to be run, in this order
 * @param byTurns whether jobs with keys were among them: who holds few of these lets other keys have their turn soon
 * @param counted whether others may wait for the end of one of them
 * @param again when to look again although nothing told of a job that is due: null if no limit kept any back
 */
public record Claimed(
        List<ClaimedJob> jobs,
        boolean byTurns,
        boolean counted,
        @Nullable Duration again) {

    /** Nothing. */
    public static final Claimed NONE = new Claimed(List.of(), false, false, null);

    public Claimed {
        jobs = List.copyOf(jobs);
    }
}
