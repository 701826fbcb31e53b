// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job as its row holds it.
 *
 * @param runAt when it is due, as the database writes it
 * @param attempt how many attempts have been counted
 * @param partitionKey what it shares an order or a limit with
 * @param extra what only some jobs have, as JSON
 * @param waited how many milliseconds it had been due when it was claimed, where it was just now
 */
record StoredJob(
        long id,
        String runAt,
        int attempt,
        int priority,
        boolean rescued,
        String queue,
        String kind,
        String payload,
        @Nullable String partitionKey,
        @Nullable String extra,
        long waited) {

    StoredJob(
            long id,
            String runAt,
            int attempt,
            int priority,
            boolean rescued,
            String queue,
            String kind,
            String payload,
            @Nullable String partitionKey,
            @Nullable String extra) {
        this(id, runAt, attempt, priority, rescued, queue, kind, payload, partitionKey, extra, 0);
    }

    ClaimedJob claimed(long batch, long owner, PayloadSeal seal) {
        return new ClaimedJob(
                claim(batch, owner),
                kind,
                seal.open(kind, payload),
                rescued,
                Duration.ofMillis(Math.max(0, waited)),
                tracked());
    }

    /** The same job with how long it had been due. */
    StoredJob claimedAfter(long millis) {
        return new StoredJob(id, runAt, attempt, priority, rescued, queue, kind, payload, partitionKey, extra, millis);
    }

    Claim claim(long batch, long owner) {
        return new Claim(batch, id, owner, attempt + 1);
    }

    /** Whether it has an {@link Extra}. */
    boolean tied() {
        return extra != null;
    }

    /** Whether its owner may read how it goes. */
    boolean tracked() {
        return tied() && Boolean.TRUE.equals(readExtra().tracked());
    }

    Extra readExtra() {
        return Extra.read(requireNonNull(extra, "a job that is not tied has no extra"));
    }

    @Override
    public String toString() {
        return "StoredJob[id=" + id + ", kind=" + kind + ", attempt=" + attempt + "]";
    }
}
