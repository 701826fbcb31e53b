// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long guests are kept. A guest is known by its session alone, so nobody can come back to one whose session has
 * ended.
 *
 * @param lifetime how old a guest has to be to be deleted once none of its sessions is on record any more, which is a
 *     week after the last has ended
 */
public record GuestPolicy(Duration lifetime) {

    /** Refuses a lifetime that is negative. */
    public GuestPolicy {
        requireNonNull(lifetime, "lifetime must not be null: GuestPolicy.standard() has 90 days");
        if (lifetime.isNegative()) {
            throw new IllegalArgumentException("lifetime must not be negative, was " + lifetime);
        }
    }

    /** 90 days. */
    public static GuestPolicy standard() {
        return new GuestPolicy(Duration.ofDays(90));
    }
}
