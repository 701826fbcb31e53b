// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import java.time.Duration;

/**
 * How many failed sign-ins are borne.
 *
 * @param accountFromClient for one account from one client's network; narrow, and nobody elsewhere is made to wait
 * @param account for one account from everywhere together; wide, so that only a distributed attack exhausts it
 * @param client for one client, whatever accounts they name; wide, since many phones share one address
 */
public record AttemptPolicy(Allowance accountFromClient, Allowance account, Allowance client) {

    /**
     * An account has 5 free tries from one network, then about 100 a day at most, and 100 free tries from everywhere
     * together, then about 100 a day more; a client has 50, then one a minute.
     */
    public static AttemptPolicy standard() {
        return new AttemptPolicy(
                new Allowance(5, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofMinutes(15)),
                new Allowance(100, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofMinutes(15)),
                new Allowance(50, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1)));
    }
}
