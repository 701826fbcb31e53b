// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.fake;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What becomes of the next messages in place of the usual: one line each, in their order. Thread safe. */
public final class NextAnswer {

    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    /** How the platform fails. */
    sealed interface Fault {
        record Refusal(int status, String reason, @Nullable Duration retryAfter) implements Fault {}

        record Cut() implements Fault {}

        record Silence() implements Fault {}
    }

    NextAnswer() {}

    /** A status with the platform's word for it, such as {@code 503} and {@code ServiceUnavailable}. */
    public NextAnswer refuse(int status, String reason) {
        faults.add(new Fault.Refusal(status, reason, null));
        return this;
    }

    /** The same with a {@code Retry-After}. */
    public NextAnswer refuse(int status, String reason, Duration retryAfter) {
        faults.add(new Fault.Refusal(status, reason, retryAfter));
        return this;
    }

    /** The platform takes the message, and the connection ends before it says so. */
    public NextAnswer cut() {
        faults.add(new Fault.Cut());
        return this;
    }

    /** Nothing is ever answered any more on the connection of that message; another connection works. */
    public NextAnswer silence() {
        faults.add(new Fault.Silence());
        return this;
    }

    @Nullable
    Fault poll() {
        return faults.poll();
    }
}
