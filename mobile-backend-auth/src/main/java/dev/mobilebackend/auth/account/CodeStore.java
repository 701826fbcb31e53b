// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * Where codes wait that have been asked for. Every method is one atomic step. Instants come with microseconds at most.
 * {@code CodeStoreContract} in testkit says what an implementation must do.
 */
public interface CodeStore {

    /**
     * Keeps a code in place of an earlier one of the same purpose, subject and origin, and hands its notice to the
     * outbox: both happen or neither. It does the same work whatever the notice.
     *
     * @return whether it did: not if as many have been sent as the limit allows
     */
    boolean keep(PendingCode code, Notice notice, SendLimit limit);

    /** Takes one of a code's attempts; empty if there is none left, or no such code that is valid at this time. */
    Optional<PendingCode> takeAttempt(Purpose purpose, String subject, String origin, Instant now);

    /** The code with this seed, if it is valid at this time. */
    Optional<PendingCode> findBySeed(Purpose purpose, String seed, Instant now);

    /**
     * Uses a code up, and drops every other one of its purpose and subject.
     *
     * @return whether it did: not if it has been used or replaced before
     */
    boolean use(PendingCode code);

    /** Drops every code of these subjects, and every one that was sent to them. */
    void forget(Collection<String> subjects);

    /** Deletes what can't be used any more at this time, and counts that no limit needs; says how many rows. */
    int purgeExpired(Instant now, int atMost);
}
