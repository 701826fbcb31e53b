// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.JobTies;
import org.jspecify.annotations.Nullable;

/** Jobs that share a key, as their rows hold it: the first letter says whether they run in order. */
final class Lanes {

    private static final String SHARED = "k:";
    private static final String ORDERED = "o:";

    private Lanes() {}

    static @Nullable String key(JobTies ties) {
        return ties.key() == null ? null : (ties.inOrder() ? ORDERED : SHARED) + ties.key();
    }
}
