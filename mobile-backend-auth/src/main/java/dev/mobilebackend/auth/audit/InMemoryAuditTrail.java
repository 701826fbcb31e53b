// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Events in this process's memory, for tests and prototypes. */
public final class InMemoryAuditTrail implements AuditTrail {

    private final List<AuditEvent> kept = new ArrayList<>();

    public InMemoryAuditTrail() {}

    @Override
    public <R> R recording(Function<Recorder, R> step) {
        var recorded = new ArrayList<AuditEvent>();
        R result = step.apply(recorded::add);
        synchronized (kept) {
            kept.addAll(recorded);
        }
        return result;
    }

    /** All of them, the first one first. */
    public List<AuditEvent> all() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }
}
