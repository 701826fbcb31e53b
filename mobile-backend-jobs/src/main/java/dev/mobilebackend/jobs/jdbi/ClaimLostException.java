// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.Claim;

/** A job's claim held no more when its work was to begin or to be committed; nothing of the work stays. */
public final class ClaimLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClaimLostException(Claim claim) {
        super("attempt " + claim.attempt() + " of job " + claim.job() + " is not worker " + claim.owner()
                + "'s any more: its lease ended and another process has the job");
    }
}
