// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What else happens in the transaction that ends jobs, and so exactly once for each: whoever sets a job's mark of having
 * ended, or deletes a waiting one, settles it.
 */
final class Endings {

    private final List<Ending> endings;

    Endings(List<Ending> endings) {
        this.endings = List.copyOf(endings);
    }

    /** How a job came to its end. One that waits again has not. */
    enum How {
        DONE,
        DEAD,
        CANCELLED
    }

    /** A job that ends and has an {@link Extra}. */
    record Ended(StoredJob job, Extra extra, How how) {}

    /** One of the things that happen. */
    @FunctionalInterface
    interface Ending {
        void settle(Handle handle, List<Ended> jobs);
    }

    /** For those of the jobs that have something to settle. */
    void settle(Handle handle, Collection<StoredJob> jobs, How how) {
        List<Ended> ended = jobs.stream()
                .filter(StoredJob::tied)
                .map(job -> new Ended(job, job.readExtra(), how))
                .toList();
        if (!ended.isEmpty()) {
            endings.forEach(ending -> ending.settle(handle, ended));
        }
    }
}
