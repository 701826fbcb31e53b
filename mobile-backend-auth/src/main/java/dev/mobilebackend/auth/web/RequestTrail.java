// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditTrail.Recorder;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.RequestFacts;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records what requests did, together with where they came from. Thread safe. */
final class RequestTrail {

    private final AuditTrail trail;

    RequestTrail(AuditTrail trail) {
        this.trail = trail;
    }

    /** Runs a step and keeps what it records: both or neither. */
    <R> R recording(Function<Recorder, R> step) {
        return trail.recording(step);
    }

    /** Keeps an event of which nothing else has to be undone. */
    void record(AuditEvent event) {
        trail.record(event);
    }

    /** What the caller of a request did to their own account, or somebody in their place. */
    static AuditEvent event(String type, Exchange exchange, Map<String, String> details) {
        Caller caller = exchange.caller();
        return event(
                type,
                caller.accountId(),
                Objects.requireNonNullElse(caller.actorId(), caller.accountId()),
                caller.sessionId(),
                exchange,
                details);
    }

    /** What a request did before it was known who sends it. */
    static AuditEvent event(
            String type,
            @Nullable String accountId,
            @Nullable String actorId,
            @Nullable String sessionId,
            Exchange exchange,
            Map<String, String> details) {
        RequestFacts facts = exchange.facts();
        var all = new HashMap<>(details);
        all.put("client", facts.client().network());
        all.put("requestId", facts.requestId());
        if (facts.deviceId() != null) {
            all.put("deviceId", facts.deviceId());
        }
        return new AuditEvent(type, accountId, actorId, sessionId, all, facts.receivedAt());
    }
}
