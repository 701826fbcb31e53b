// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.ratelimit.RateLimitDecision.Allowed;
import dev.mobilebackend.core.ratelimit.RateLimitDecision.Refused;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Subject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies the limits of one subject, those for all routes and those declared for the route at hand. Says how much is
 * left in {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers-10) and refuses with 429.
 */
public final class RateLimitStep implements EdgeStep {

    /** Declared on a route that no limit applies to, such as a health check. */
    public enum Exemption {
        UNLIMITED
    }

    static final Problem QUOTA_EXCEEDED = Problem.of(
            URI.create("https://iana.org/assignments/http-problem-types#quota-exceeded"),
            429,
            "quota-exceeded",
            "Too many requests; wait before the next one.");

    private final RateLimiter limiter;
    private final Subject subject;
    private final List<RateLimitPolicy> everywhere;

    /** A step for one kind of subject; of the given policies those of that subject hold for all routes together. */
    public RateLimitStep(RateLimiter limiter, Subject subject, List<RateLimitPolicy> everywhere) {
        this.limiter = limiter;
        this.subject = subject;
        this.everywhere = everywhere.stream()
                .filter(policy -> policy.subject() == subject)
                .toList();
    }

    @Override
    public void apply(Exchange exchange) {
        if (!exchange.declared(Exemption.class).isEmpty()) {
            return;
        }
        var decisions = new ArrayList<RateLimitDecision>(2);
        for (RateLimitPolicy policy : everywhere) {
            decisions.add(decide(exchange, policy, "*"));
        }
        for (RateLimitPolicy policy : exchange.declared(RateLimitPolicy.class)) {
            if (policy.subject() == subject) {
                decisions.add(decide(exchange, policy, route(exchange)));
            }
        }
        var violated = new ArrayList<String>(0);
        Duration wait = Duration.ZERO;
        for (RateLimitDecision decision : decisions) {
            RateLimitPolicy policy = decision.policy();
            exchange.addHeader(
                    "RateLimit-Policy",
                    '"' + policy.name() + "\";q=" + policy.permits() + ";w="
                            + policy.window().toSeconds());
            exchange.addHeader("RateLimit", '"' + policy.name() + '"' + quota(decision));
            if (decision instanceof Refused refused) {
                violated.add(policy.name());
                wait = wait.compareTo(refused.retryAfter()) > 0 ? wait : refused.retryAfter();
            }
        }
        if (!violated.isEmpty()) {
            throw QUOTA_EXCEEDED
                    .with("violated-policies", violated)
                    .retryAfter(wait)
                    .exception();
        }
    }

    /** The declared endpoint; the one for GET answers HEAD too, so both count together. */
    private static String route(Exchange exchange) {
        String method = exchange.facts().method();
        return (method.equals("HEAD") ? "GET" : method) + ' ' + exchange.template();
    }

    private RateLimitDecision decide(Exchange exchange, RateLimitPolicy policy, String scope) {
        String network = exchange.facts().client().network();
        String who = subject == Subject.CLIENT
                ? network
                : exchange.tryCaller().map(Caller::accountId).orElse(network);
        return limiter.decide(policy, scope, who, exchange.facts().receivedAt());
    }

    private static String quota(RateLimitDecision decision) {
        if (decision instanceof Allowed allowed) {
            return ";r=" + allowed.remaining() + ";t=" + seconds(allowed.untilMore());
        }
        return ";r=0;t=" + seconds(((Refused) decision).retryAfter());
    }

    private static long seconds(Duration duration) {
        return Math.max(1, duration.plusNanos(999_999_999).toSeconds());
    }
}
