// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mobilebackend.jobs.JobTies;
import dev.mobilebackend.jobs.Unique;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What only some jobs have, as JSON beside them. A job that has any of it ends in a transaction that settles it, see
 * {@link Endings}.
 *
 * @param unique the key that it stands for
 * @param untilClaimed whether it stands until it is claimed
 * @param tracked whether its owner reads a row of {@code mb_jobs_status}
 * @param step the step of the flow that it belongs to
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Extra(
        @Nullable String unique,
        @Nullable Boolean untilClaimed,
        @Nullable Boolean tracked,
        @Nullable Long step) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Null for most jobs. A window ends by itself. */
    static @Nullable String of(JobTies ties) {
        Unique unique = ties.unique();
        Unique stands = unique != null && unique.window() == null ? unique : null;
        if (stands == null && ties.owner() == null && ties.step() == null) {
            return null;
        }
        return JSON.writeValueAsString(new Extra(
                stands == null ? null : stands.key(),
                (stands != null && stands.untilClaimed()) ? Boolean.TRUE : null,
                ties.owner() == null ? null : Boolean.TRUE,
                ties.step()));
    }

    static Extra read(String text) {
        return JSON.readValue(text, Extra.class);
    }
}
