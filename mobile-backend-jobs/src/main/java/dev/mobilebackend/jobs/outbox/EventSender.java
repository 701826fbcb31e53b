// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import java.util.List;

/**
 * Hands events to a broker. It is called by one thread at a time. Of a topic and subject there is at most one event in a
 * call, and the next comes only when that one is taken, so that an implementation may send all of a call at once.
 */
@FunctionalInterface
public interface EventSender {

    /**
     * Returns when the broker has the events for good, with those that it refused; they are sent again later, alone, and
     * hold up their own subject meanwhile.
     *
     * @throws Exception if it is not known what became of them, such as when the broker is out of reach: all are sent
     *     again
     */
    List<Refusal> send(List<OutboxEvent> events) throws Exception;

    /** An event that the broker did not take, and why. */
    record Refusal(OutboxEvent event, String reason) {}
}
