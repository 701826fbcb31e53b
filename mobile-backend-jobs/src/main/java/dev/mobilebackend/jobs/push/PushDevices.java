// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the devices of accounts are kept. A token belongs to one owner at a time: who registers it takes it from
 * whoever had it, so that nobody reads another's messages on a phone that both have used. Every method is one atomic
 * step, and part of the transaction around it where there is one. {@code PushDevicesContract} in testkit says what an
 * implementation must do.
 */
public interface PushDevices {

    /** More than anybody has in use; who registers more is reached at those that were seen last. */
    int MOST_OF_OWNER = 32;

    /** Keeps a device as seen now, in place of what is known of its address. */
    void register(NewPushDevice device);

    /** The owner's devices, at most {@link #MOST_OF_OWNER} of them, those seen last first. */
    List<PushDevice> ofOwner(String owner);

    Optional<PushDevice> find(long id);

    /**
     * Forgets a device whose token is dead, unless the app registered it anew after this time.
     *
     * @return whether it was forgotten
     */
    boolean removeDead(long id, Instant since);

    /** Forgets the device at this address, unless it has gone to another owner: for signing out on it. */
    boolean forget(String owner, PushAddress address);

    /** Forgets the devices of a session that was ended; says how many. */
    int forgetSession(String session);

    /** Forgets all devices of an owner; says how many. */
    int forgetOwner(String owner);

    /** Forgets some of the devices that were not seen for so long; says how many. */
    int purge(Duration unseen, int atMost);
}
