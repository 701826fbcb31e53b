// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.clock;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is moved, and starts at the same instant in every run. Thread safe. */
public final class TestClock implements InstantSource {

    /** Where every clock starts unless it is told otherwise. */
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final AtomicReference<Instant> now;

    public TestClock() {
        this(START);
    }

    public TestClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Lets time pass. A negative duration is a clock that was set back. */
    public void advance(Duration passed) {
        now.updateAndGet(instant -> instant.plus(passed));
    }

    @Override
    public String toString() {
        return "TestClock[" + now + "]";
    }
}
