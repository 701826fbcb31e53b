// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long an instance takes to leave.
 *
 * @param grace how long it answers on after it has said that it is not ready: longer than load balancers need to notice
 * @param patience how long the requests that are then still being answered may take
 */
public record DrainPolicy(Duration grace, Duration patience) {

    public DrainPolicy {
        requireNonNull(grace, "grace must not be null: Duration.ZERO is none");
        requireNonNull(patience, "patience must not be null: Duration.ZERO is none");
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative, was " + grace);
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience must not be negative, was " + patience);
        }
    }

    /** Eight seconds until nothing new comes, and twenty for what came: within the thirty that Kubernetes waits. */
    public static DrainPolicy usual() {
        return new DrainPolicy(Duration.ofSeconds(8), Duration.ofSeconds(20));
    }

    public DrainPolicy grace(Duration span) {
        return new DrainPolicy(span, patience);
    }

    public DrainPolicy patience(Duration span) {
        return new DrainPolicy(grace, span);
    }
}
