// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.attempt.Attempt;
import dev.mobilebackend.auth.attempt.AttemptDecision.Refused;
import dev.mobilebackend.auth.attempt.AttemptEnding;
import dev.mobilebackend.auth.attempt.AttemptObserver;
import dev.mobilebackend.auth.attempt.LoginGuard;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.core.exchange.Exchange;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Tries at passwords, codes and links, each told of whatever becomes of it. */
final class GuardedTries {

    private final LoginGuard guard;
    private final DeviceTrail devices;
    private final AttemptObserver observer;
    private final RequestTrail trail;

    GuardedTries(LoginGuard guard, DeviceTrail devices, AttemptObserver observer, RequestTrail trail) {
        this.guard = guard;
        this.observer = observer;
        this.devices = devices;
        this.trail = trail;
    }

    /**
     * One try at something that could be guessed, which is refused after too many wrong ones.
     *
     * @param key what is tried and whose it is, such as {@code password ada@example.org}: an address, a phone or an
     *     account's id
     * @return what the try gives; empty if it was wrong
     */
    <T> Optional<T> of(String key, Exchange exchange, Supplier<Optional<T>> attempt) {
        String tried = key.substring(0, key.indexOf(' '));
        String known = devices.known(key.substring(key.indexOf(' ') + 1), exchange);
        var counted = new Attempt(key, exchange.facts().client(), known);
        begin(counted, tried);
        Optional<T> right;
        try {
            right = attempt.get();
        } catch (RuntimeException unanswered) {
            guard.abandoned(counted);
            observer.ended(tried, AttemptEnding.UNANSWERED, null);
            throw unanswered;
        }
        if (right.isPresent()) {
            guard.succeeded(counted);
            observer.ended(tried, AttemptEnding.RIGHT, null);
        } else {
            wrong(counted, tried, exchange);
        }
        return right;
    }

    /**
     * One try at something that nobody guesses and that names no account, such as a link. Only a wrong one counts, by
     * its network, so that the trail is not flooded with them: whoever has the right one is never made to wait.
     *
     * @return what the try gives; empty if it was wrong
     */
    <T> Optional<T> ofUnguessable(String tried, Exchange exchange, Supplier<Optional<T>> attempt) {
        Optional<T> right;
        try {
            right = attempt.get();
        } catch (RuntimeException unanswered) {
            observer.ended(tried, AttemptEnding.UNANSWERED, null);
            throw unanswered;
        }
        if (right.isPresent()) {
            observer.ended(tried, AttemptEnding.RIGHT, null);
        } else {
            var counted = new Attempt(null, exchange.facts().client(), null);
            begin(counted, tried);
            wrong(counted, tried, exchange);
        }
        return right;
    }

    private void begin(Attempt counted, String tried) {
        if (guard.decide(counted) instanceof Refused refused) {
            observer.ended(tried, AttemptEnding.REFUSED, refused.by());
            throw LoginGuard.TOO_MANY_TRIES.retryAfter(refused.retryAfter()).exception();
        }
    }

    private void wrong(Attempt counted, String tried, Exchange exchange) {
        guard.failed(counted);
        observer.ended(tried, AttemptEnding.WRONG, null);
        trail.record(failure(counted, tried, exchange));
    }

    /**
     * Tells neither whose address was tried nor whether there is such an account, but which tries were at the same one.
     */
    private AuditEvent failure(Attempt counted, String tried, Exchange exchange) {
        String account = counted.account();
        Map<String, String> details = account == null
                ? Map.of("tried", tried)
                : Map.of(
                        "tried",
                        tried,
                        "subject",
                        guard.subject(account),
                        "device",
                        counted.knownDevice() == null ? "unknown" : "known");
        return exchange.isAuthenticated()
                ? RequestTrail.event(AuditEvents.CONFIRMATION_FAILED, exchange, details)
                : RequestTrail.event(AuditEvents.SIGN_IN_FAILED, null, null, null, exchange, details);
    }
}
