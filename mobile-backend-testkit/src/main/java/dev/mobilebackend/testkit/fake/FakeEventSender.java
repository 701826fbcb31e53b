// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.fake;

import dev.mobilebackend.jobs.outbox.EventSender;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A broker in memory, which keeps what an outbox sends.
 *
 * <pre>{@code
 * var broker = new FakeEventSender();
 * OutboxRelay.builder(outbox, broker).build().relayDue();
 * assertEquals(order.id(), broker.received().get(0).subject());
 * }</pre>
 *
 * Thread safe.
 */
public final class FakeEventSender implements EventSender {

    private final List<OutboxEvent> received = new CopyOnWriteArrayList<>();
    private volatile Predicate<OutboxEvent> refused = FakeEventSender::none;
    private volatile Predicate<OutboxEvent> breaking = FakeEventSender::none;
    private volatile Predicate<OutboxEvent> unanswered = FakeEventSender::none;

    /** Takes everything, until it is told otherwise. */
    public FakeEventSender() {}

    @Override
    public List<Refusal> send(List<OutboxEvent> events) {
        if (events.stream().anyMatch(breaking)) {
            throw new IllegalStateException("the broker is out of reach");
        }
        var refusals = new ArrayList<Refusal>();
        for (OutboxEvent event : events) {
            if (refused.test(event)) {
                refusals.add(new Refusal(event, "the broker refused it"));
            } else {
                received.add(event);
            }
        }
        if (events.stream().anyMatch(unanswered)) {
            throw new IllegalStateException("the answer of the broker was lost");
        }
        return refusals;
    }

    /** All that came, in its order, with what came twice. */
    public List<OutboxEvent> received() {
        return List.copyOf(received);
    }

    /** From now on refuses these, and takes those beside them. */
    public void refuse(Predicate<OutboxEvent> events) {
        refused = events;
    }

    /** From now on fails a call that has one of these, and takes nothing of it. */
    public void fail(Predicate<OutboxEvent> events) {
        breaking = events;
    }

    /** From now on takes a call that has one of these, and fails before it says so. */
    public void loseAnswer(Predicate<OutboxEvent> events) {
        unanswered = events;
    }

    /** Takes everything again. */
    public void recover() {
        refused = FakeEventSender::none;
        breaking = FakeEventSender::none;
        unanswered = FakeEventSender::none;
    }

    private static boolean none(OutboxEvent event) {
        return false;
    }
}
