// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import jakarta.servlet.ServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * What happened to each request inside the server, kept for the test that runs in the same process. As the step that
 * authenticates it believes the field {@code Test-Caller}.
 */
final class Witness implements EdgeStep {

    private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();

    /** What was seen of one request. */
    static final class Seen {
        private final List<String> notes = new ArrayList<>();
        private final List<Outcome> outcomes = new ArrayList<>();
        private int admitted;
        private final CountDownLatch released = new CountDownLatch(1);

        synchronized void note(String text) {
            notes.add(text);
            notifyAll();
        }

        synchronized List<String> notes() {
            return List.copyOf(notes);
        }

        synchronized List<Outcome> outcomes() {
            return List.copyOf(outcomes);
        }

        synchronized int admitted() {
            return admitted;
        }

        /** Waits until as many steps have ended as began, and as much was noted. */
        synchronized void await(int endings, int noted) throws InterruptedException {
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (outcomes.size() < endings || notes.size() < noted) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        }

        void awaitRelease() throws InterruptedException {
            if (!released.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let this request go on");
            }
        }

        synchronized void awaitEnding() throws InterruptedException {
            while (outcomes.isEmpty()) {
                wait(10_000);
            }
        }

        void release() {
            released.countDown();
        }

        private synchronized void admit() {
            admitted++;
        }

        private synchronized void end(Outcome outcome) {
            outcomes.add(outcome);
            notifyAll();
        }
    }

    static Seen of(String requestId) {
        return SEEN.computeIfAbsent(requestId, absent -> new Seen());
    }

    static Seen of(ServletRequest request) {
        return of(Exchange.of(request).facts().requestId());
    }

    @Override
    public void apply(Exchange exchange) {
        String name = exchange.header("Test-Caller");
        if (name != null) {
            exchange.authenticated(new Caller(name, "session", Set.of()));
        }
        of(exchange.facts().requestId()).admit();
    }

    @Override
    public void after(Exchange exchange, Outcome outcome) {
        of(exchange.facts().requestId()).end(outcome);
    }
}
