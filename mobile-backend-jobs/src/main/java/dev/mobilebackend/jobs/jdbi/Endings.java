// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
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
        settle(handle, ended(jobs, how).toList());
    }

    /** All of a transaction at once: an ending takes its rows in one order, so that no two wait for each other. */
    void settle(
            Handle handle,
            Collection<StoredJob> done,
            Collection<DeadJobs.Burial> dead,
            Collection<StoredJob> cancelled) {
        List<StoredJob> buried = dead.stream().map(DeadJobs.Burial::job).toList();
        settle(
                handle,
                Stream.of(ended(done, How.DONE), ended(buried, How.DEAD), ended(cancelled, How.CANCELLED))
                        .flatMap(all -> all)
                        .toList());
    }

    private static Stream<Ended> ended(Collection<StoredJob> jobs, How how) {
        return jobs.stream().filter(StoredJob::tied).map(job -> new Ended(job, job.readExtra(), how));
    }

    private void settle(Handle handle, List<Ended> ended) {
        if (!ended.isEmpty()) {
            endings.forEach(ending -> ending.settle(handle, ended));
        }
    }
}
