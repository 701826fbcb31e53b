// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/** What a handler knows of the run it is in. */
public final class JobContext {

    private final Claim claim;

    JobContext(Claim claim) {
        this.claim = claim;
    }

    /** The job, the worker and the attempt. */
    public Claim claim() {
        return claim;
    }

    @Override
    public String toString() {
        return "JobContext[" + claim + "]";
    }
}
