// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditTrail.Recorder;
import dev.mobilebackend.auth.audit.Circumstances;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.RequestFacts;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records what requests did, together with where they came from. Thread safe. */
final class RequestTrail {

    private final AuditTrail trail;

    RequestTrail(AuditTrail trail) {
        this.trail = trail;
    }

    /** Answers a request; whatever is recorded meanwhile says whose it is and where it came from. */
    <R> R during(Exchange exchange, Supplier<R> step) {
        Caller caller = exchange.tryCaller().orElse(null);
        return trail.during(
                new Circumstances(
                        caller == null ? null : caller.accountId(),
                        caller == null ? null : actor(caller),
                        caller == null ? null : caller.sessionId(),
                        exchange.facts().requestId(),
                        details(exchange.facts())),
                step);
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
        return event(type, caller.accountId(), actor(caller), caller.sessionId(), exchange, details);
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
        var all = new HashMap<>(details(facts));
        all.put("requestId", facts.requestId());
        all.putAll(details);
        return new AuditEvent(type, accountId, actorId, sessionId, all, facts.receivedAt());
    }

    private static Map<String, String> details(RequestFacts facts) {
        String client = facts.client().network();
        return facts.deviceId() == null
                ? Map.of("client", client)
                : Map.of("client", client, "deviceId", facts.deviceId());
    }

    private static String actor(Caller caller) {
        return Objects.requireNonNullElse(caller.actorId(), caller.accountId());
    }
}
