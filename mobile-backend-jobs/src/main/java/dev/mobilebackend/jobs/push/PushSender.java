// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Instant;

/**
 * Hands messages to a platform. Thread safe; it answers within a time that its settings bound, and never throws for what
 * a network or a platform does.
 */
@FunctionalInterface
public interface PushSender {

    /**
     * Sends one message to one device.
     *
     * @param until after which the platform need not bring it any more
     */
    PushResult send(PushAddress address, PushMessage message, Instant until);
}
