// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import org.jspecify.annotations.Nullable;

/**
 * What a run tells the owner of a {@link NewJob#tracked} job; null where it says nothing new.
 *
 * @param progress from 0 to 1
 * @param note a few words on it
 * @param result what came of it, as JSON, which is shown once the job is done
 */
public record JobReport(
        @Nullable Double progress,
        @Nullable String note,
        @Nullable String result) {

    /** A run begins. */
    static final JobReport BEGUN = new JobReport(null, null, null);
}
