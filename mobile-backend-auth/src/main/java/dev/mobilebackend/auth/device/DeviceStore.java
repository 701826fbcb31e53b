// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where known devices live. Every method is one atomic step, and part of the transaction around it where there is one.
 * Instants come with microseconds at most. {@code DeviceStoreContract} in testkit says what an implementation must do.
 */
public interface DeviceStore {

    /** The account's devices that were seen at this time or later, the newest first. */
    List<KnownDevice> ofAccount(String accountId, Instant seenSince);

    /**
     * Under which of these tags the account has a device that was seen at this time or later, the newest if there are
     * several; the same work whatever the answer, and whether or not there is such an account.
     *
     * @param tags at least one
     */
    Optional<String> find(String accountId, Set<String> tags, Instant seenSince);

    /**
     * Keeps a device in place of what stands under its tag.
     *
     * @param forgotten tags of the account that are forgotten with it
     */
    void keep(String accountId, KnownDevice device, Set<String> forgotten);

    /** Forgets all devices of an account. */
    void forget(String accountId);

    /** Forgets some of the devices that were last seen before this time; says how many. */
    int purge(Instant seenBefore, int atMost);
}
