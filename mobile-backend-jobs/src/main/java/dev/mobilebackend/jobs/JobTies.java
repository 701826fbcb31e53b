// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import org.jspecify.annotations.Nullable;

/**
 * What ties a job to other jobs, or to a person: most have none of it.
 *
 * @param key what it shares an order or a limit with, see {@link NewJob#key} and {@link NewJob#inOrder}
 * @param inOrder whether jobs of its key run one after the other
 * @param unique what it stands for, see {@link NewJob#unique}
 * @param owner who may read how it goes, see {@link NewJob#tracked}
 * @param step the step of a flow that it belongs to
 */
public record JobTies(
        @Nullable String key,
        boolean inOrder,
        @Nullable Unique unique,
        @Nullable String owner,
        @Nullable Long step) {

    static final JobTies NONE = new JobTies(null, false, null, null, null);

    private static final int LONGEST_KEY = 200;

    public JobTies {
        if (key != null) {
            requireKey("key", key);
        }
        if (owner != null) {
            requireKey("owner", owner);
        }
    }

    JobTies withKey(String name, boolean ordered) {
        return new JobTies(name, ordered, unique, owner, step);
    }

    JobTies withUnique(Unique stands) {
        return new JobTies(key, inOrder, stands, owner, step);
    }

    JobTies withOwner(String subject) {
        return new JobTies(key, inOrder, unique, subject, step);
    }

    JobTies withStep(long id) {
        return new JobTies(key, inOrder, unique, owner, id);
    }

    /** A database keeps no NUL, and an index no long text. */
    static void requireKey(String what, String key) {
        if (key.isEmpty() || key.length() > LONGEST_KEY || key.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the " + what + " of a job must have from 1 to " + LONGEST_KEY
                    + " characters and no NUL, had " + key.length() + ": hash what is longer");
        }
    }
}
