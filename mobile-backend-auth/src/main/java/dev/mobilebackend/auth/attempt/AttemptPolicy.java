// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import java.time.Duration;

/**
 * How many failed sign-ins are borne.
 *
 * @param account for one account, from wherever they come
 * @param client for one client, whatever accounts they name; wide, since many phones share one address
 */
public record AttemptPolicy(Allowance account, Allowance client) {

    /**
     * An account has 5 free tries and about 100 a day (NIST SP 800-63B-4 section 3.2.2); a client has 50 and one a
     * minute.
     */
    public static AttemptPolicy standard() {
        return new AttemptPolicy(
                new Allowance(5, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofMinutes(15)),
                new Allowance(50, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1)));
    }
}
