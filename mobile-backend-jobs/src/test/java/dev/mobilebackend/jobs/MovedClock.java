// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** Time that stands still until it is moved, as a clock and as ticks. */
public final class MovedClock implements InstantSource {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    @Override
    public Instant instant() {
        return now.get();
    }

    public long ticks() {
        return Duration.between(START, instant()).toNanos();
    }

    public void advance(Duration passed) {
        now.updateAndGet(instant -> instant.plus(passed));
    }
}
