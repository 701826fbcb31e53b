// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a platform made of a message. */
public sealed interface PushResult {

    /** It has the message and takes it to the device when it can. */
    record Delivered() implements PushResult {}

    /**
     * There is no such token any more.
     *
     * @param since when the platform was sure of it, or null if it does not say
     */
    record TokenDead(@Nullable Instant since) implements PushResult {}

    /**
     * It cannot take the message now.
     *
     * @param after what it asks to wait, or null if it does not say
     */
    record RetryLater(@Nullable Duration after, String reason) implements PushResult {}

    /** It takes no such message, or none from us: something is wrong that somebody has to look at. */
    record Rejected(String reason) implements PushResult {}
}
