// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies limits, those for all routes and those declared for the route at hand, all of them or none. Says how much is
 * left in {@code RateLimit} and {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers-10) and refuses with a
 * problem. A request counts by what it costs, and what that was in the end is settled when its answer has ended.
 */
public final class RateLimitStep implements EdgeStep {

    /** Declared on a route that no limit applies to, such as a health check. */
    public enum Exemption {
        UNLIMITED
    }

    private static final Logger LOG = LoggerFactory.getLogger(RateLimitStep.class);

    private final RateLimitStore store;
    private final SubjectKeys keys;
    private final boolean ofClients;
    private final List<CountedLimit> everywhere;
    private final Applied undeclared;
    private final Map<Endpoint, Applied> byEndpoint = new ConcurrentHashMap<>();

    private RateLimitStep(
            RateLimiter limiter, boolean ofClients, List<? extends RateLimit> everywhere, List<Endpoint> endpoints) {
        store = limiter.store();
        keys = limiter.keys();
        this.ofClients = ofClients;
        this.everywhere = counted(everywhere, "all routes").toList();
        undeclared = applied(this.everywhere, null);
        endpoints.forEach(this::applied);
    }

    /**
     * The step for limits per client: before anybody is asked for a token.
     *
     * @param everywhere what holds for all routes
     * @param endpoints the routes, each with limits of its own
     */
    public static RateLimitStep ofClients(
            RateLimiter limiter, List<? extends RateLimit> everywhere, List<Endpoint> endpoints) {
        return new RateLimitStep(limiter, true, everywhere, endpoints);
    }

    /** The step for limits per caller and per device: once it is known who is calling. */
    public static RateLimitStep ofCallers(
            RateLimiter limiter, List<? extends RateLimit> everywhere, List<Endpoint> endpoints) {
        return new RateLimitStep(limiter, false, everywhere, endpoints);
    }

    @Override
    public void apply(Exchange exchange) {
        Applied applied = applied(exchange);
        if (applied.limits.isEmpty()) {
            return;
        }
        Caller caller = exchange.isAuthenticated() ? exchange.caller() : null;
        long now = micros(exchange.facts().receivedAt());
        if (applied.limits.size() == 1 && !applied.settles && takeOne(applied.limits.get(0), exchange, caller, now)) {
            return;
        }
        Draw draw = draw(exchange, applied.limits.size());
        boolean onTrial = false;
        for (int i = 0; i < applied.limits.size(); i++) {
            Band band = applied.limits.get(i).band(caller);
            if (band.isEnforced()) {
                take(draw, band, exchange, caller, applied);
            } else {
                onTrial = true;
            }
        }
        if (!store.take(draw.bands(), now)) {
            throw draw.refuse(exchange);
        }
        draw.allow(exchange);
        if (onTrial) {
            tryOut(exchange, caller, applied, now, draw);
        }
        if (applied.settles) {
            exchange.keep(this, draw);
        }
    }

    /**
     * The usual case without any memory: the one limit is enforced, its subject is counted once, has permits left, and
     * nothing is to be settled. Otherwise nothing is taken.
     */
    private boolean takeOne(CountedLimit limit, Exchange exchange, @Nullable Caller caller, long now) {
        Band band = limit.band(caller);
        if (!band.isEnforced() || hasSite(band, exchange, caller)) {
            return false;
        }
        Rate rate = band.own();
        long key = band.limit().key() ^ subject(band, exchange, caller);
        long outcome = store.take(key, rate.cost(1), rate.window(), now);
        if (outcome < 0) {
            return false;
        }
        band.allow(exchange, rate.remaining(outcome, 0), rate.untilMore(outcome));
        return true;
    }

    /** Each limit on trial by itself, so that none keeps another from counting. */
    private void tryOut(Exchange exchange, @Nullable Caller caller, Applied applied, long now, Draw enforced) {
        for (CountedLimit limit : applied.limits) {
            Band band = limit.band(caller);
            if (!band.isEnforced()) {
                Draw draw = draw(exchange, 1);
                take(draw, band, exchange, caller, applied);
                if (store.take(draw.bands(), now)) {
                    enforced.follow(draw);
                } else {
                    report(limit, exchange);
                }
            }
        }
    }

    /** With each doubling, so that nobody fills the log by asking often. */
    private static void report(CountedLimit limit, Exchange exchange) {
        long spared = limit.countSpared();
        if (Long.bitCount(spared) == 1) {
            LOG.info(
                    "{}, which is on trial, would have refused {} requests by now; the last was {}",
                    limit,
                    spared,
                    exchange.facts().requestId());
        }
    }

    @Override
    public void after(Exchange exchange, Outcome outcome) {
        if (exchange.kept(this) instanceof Draw draw) {
            Applied applied = applied(exchange);
            Bands rest = draw.settlement(band -> applied.costInTheEnd(exchange, band, outcome));
            store.settle(rest, micros(exchange.facts().receivedAt()) + exchange.elapsedNanos() / 1_000);
        }
    }

    /** What each limit has done so far. */
    public List<RateLimitCount> counts() {
        return Stream.concat(
                        everywhere.stream(), byEndpoint.values().stream().flatMap(applied -> applied.limits.stream()))
                .distinct()
                .map(CountedLimit::count)
                .toList();
    }

    private static Draw draw(Exchange exchange, int limits) {
        return new Draw(exchange.facts().client().isIpv4() ? limits : 2 * limits);
    }

    /** The subject of a limit and, where that is a network of IPv6, the site it belongs to. */
    private void take(Draw draw, Band band, Exchange exchange, @Nullable Caller caller, Applied applied) {
        long permits = applied.costAtFirst(exchange, band);
        draw.addOwn(band, subject(band, exchange, caller), permits);
        if (hasSite(band, exchange, caller)) {
            draw.addSite(band, keys.site(exchange.facts().client()), permits);
        }
    }

    /** A request that no route is for draws from the limits for all routes. */
    private Applied applied(Exchange exchange) {
        return exchange.isMatched() ? applied(exchange.endpoint()) : undeclared;
    }

    private long subject(Band band, Exchange exchange, @Nullable Caller caller) {
        long owner = caller == null || band.policy().subject() == Subject.CLIENT
                ? keys.client(exchange.facts().client())
                : keys.account(caller.accountId());
        String device = device(band, exchange);
        return device == null ? owner : keys.device(owner, device);
    }

    private static boolean hasSite(Band band, Exchange exchange, @Nullable Caller caller) {
        boolean ofNetwork = caller == null || band.policy().subject() == Subject.CLIENT;
        return ofNetwork
                && device(band, exchange) == null
                && !exchange.facts().client().isIpv4();
    }

    private static @Nullable String device(Band band, Exchange exchange) {
        return band.policy().subject() == Subject.DEVICE ? exchange.facts().deviceId() : null;
    }

    private Applied applied(Endpoint endpoint) {
        Applied known = byEndpoint.get(endpoint);
        return known != null ? known : byEndpoint.computeIfAbsent(endpoint, this::declared);
    }

    private Applied declared(Endpoint endpoint) {
        if (!endpoint.declared(Exemption.class).isEmpty()) {
            return new Applied(List.of(), null, false);
        }
        List<CountedLimit> limits = Stream.concat(
                        everywhere.stream(), counted(endpoint.declared(RateLimit.class), endpoint.toString()))
                .toList();
        List<RequestCost> costs = endpoint.declared(RequestCost.class);
        return applied(limits, costs.isEmpty() ? null : costs.get(0));
    }

    private static Applied applied(List<CountedLimit> limits, @Nullable RequestCost cost) {
        return new Applied(limits, cost, cost != null || limits.stream().anyMatch(CountedLimit::countsBytes));
    }

    private Stream<CountedLimit> counted(List<? extends RateLimit> declared, String scope) {
        return declared.stream()
                .filter(limit -> ofClients == (limit.subject() == Subject.CLIENT))
                .map(limit -> new CountedLimit(limit, scope, keys));
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }

    /** What this step applies to one endpoint. */
    private record Applied(
            List<CountedLimit> limits, @Nullable RequestCost cost, boolean settles) {

        /** All permits at most, or the request could never pass. */
        long costAtFirst(Exchange exchange, Band band) {
            if (band.limit().countsBytes()) {
                return 0;
            }
            return cost == null
                    ? 1
                    : Math.min(atFirst(cost, exchange), band.policy().permits());
        }

        long costInTheEnd(Exchange exchange, Band band, Outcome outcome) {
            long most = 2L * band.policy().permits();
            if (band.limit().countsBytes()) {
                return Math.min(outcome.bytes(), most);
            }
            return cost == null ? 1 : Math.min(Math.max(0, cost.inTheEnd(exchange, outcome)), most);
        }

        private static long atFirst(RequestCost cost, Exchange exchange) {
            return Math.max(0, cost.atFirst(exchange));
        }
    }
}
