// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;

/** Tells workers of a queue that has a due job: those of this process at once, and through a relay those of others. */
final class WakeUps {

    private final Set<Consumer<String>> listeners = new CopyOnWriteArraySet<>();
    private final Relay relay;

    /** How word comes to other processes and from them. */
    interface Relay {

        /** Tells the others soon; returns at once. */
        void tell(String queue);

        /** Begins to hear the others. */
        void hear(Consumer<String> ears);

        void stop();

        /** For databases that tell nothing: workers of other processes look about once a second. */
        Relay NONE = new Relay() {
            @Override
            public void tell(String queue) {}

            @Override
            public void hear(Consumer<String> ears) {}

            @Override
            public void stop() {}
        };
    }

    WakeUps(Relay relay) {
        this.relay = relay;
    }

    void raise(String queue) {
        wake(queue);
        relay.tell(queue);
    }

    synchronized void add(Consumer<String> listener) {
        if (listeners.isEmpty()) {
            relay.hear(this::wake);
        }
        listeners.add(listener);
    }

    synchronized void remove(Consumer<String> listener) {
        if (listeners.remove(listener) && listeners.isEmpty()) {
            relay.stop();
        }
    }

    private void wake(String queue) {
        listeners.forEach(listener -> listener.accept(queue));
    }
}
