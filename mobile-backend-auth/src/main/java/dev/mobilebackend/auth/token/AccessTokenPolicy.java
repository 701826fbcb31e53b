// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What access tokens say and how long they live.
 *
 * @param issuer who issues them, such as {@code https://api.shop.example}; a token of another issuer is refused
 * @param audience whom they are for; a token for another audience is refused
 * @param lifetime at most this long, up to 5 % less, so that phones which signed in together don't refresh together
 * @param leeway how far the clocks of two instances may differ: a token is taken this much before it was issued and
 *     after it has ended, and not a moment more
 */
public record AccessTokenPolicy(String issuer, String audience, Duration lifetime, Duration leeway) {

    public AccessTokenPolicy {
        requireNonNull(issuer, "issuer must not be null: such as https://api.shop.example");
        requireNonNull(audience, "audience must not be null: such as the name of the service");
        requireNonNull(lifetime, "lifetime must not be null: AccessTokenPolicy.of(issuer, audience) has ten minutes");
        requireNonNull(leeway, "leeway must not be null: Duration.ZERO allows none");
        if (issuer.isBlank()) {
            throw new IllegalArgumentException("issuer must name the service, was blank");
        }
        if (audience.isBlank()) {
            throw new IllegalArgumentException("audience must name the service, was blank");
        }
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("lifetime must be 1 second to 1 day, was " + lifetime);
        }
        if (leeway.isNegative() || leeway.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("leeway must be 0 to 5 minutes, was " + leeway);
        }
    }

    /** Ten minutes, with 5 seconds of leeway. */
    public static AccessTokenPolicy of(String issuer, String audience) {
        return new AccessTokenPolicy(issuer, audience, Duration.ofMinutes(10), Duration.ofSeconds(5));
    }
}
