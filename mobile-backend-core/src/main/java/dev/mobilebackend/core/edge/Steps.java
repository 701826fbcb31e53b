// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotencyStep;
import dev.mobilebackend.core.load.LoadStep;
import dev.mobilebackend.core.observe.AccessLog;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.problem.ProblemTexts;
import dev.mobilebackend.core.ratelimit.RateLimit;
import dev.mobilebackend.core.ratelimit.RateLimitCount;
import dev.mobilebackend.core.ratelimit.RateLimitStep;
import dev.mobilebackend.core.ratelimit.RateLimiter;
import dev.mobilebackend.core.route.AccessStep;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.RouteMatch;
import dev.mobilebackend.core.route.RouteMatch.Found;
import dev.mobilebackend.core.route.RouteMatch.Misspelled;
import dev.mobilebackend.core.route.RouteMatch.OtherMethods;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.core.transport.BodyPolicy;
import dev.mobilebackend.core.transport.CorsStep;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportStep;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the requests of one edge go through, in which order, until they reach their handler. Thread safe. */
final class Steps {

    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

    private final RouteTable routes;
    private final TransportPolicy wire;
    private final WaitingReaders waiting;
    private final ProblemTexts texts;
    private final LongSupplier ticks;
    private final CorsStep cors;
    private final RateLimitStep limitByClient;
    private final RateLimitStep limitByCaller;
    private final LoadStep load;

    /**
     * In the order they are applied: to the first {@code atRoute} every request comes, and where no route is for it, to
     * those before {@code atLoad}.
     */
    private final EdgeStep[] all;

    private final int atRoute;
    private final int atLoad;
    private final int atBody;
    private volatile ServletMappings mappings = ServletMappings.NONE;
    private final Set<String> notIdempotent = ConcurrentHashMap.newKeySet();

    Steps(Edge.Builder chosen) {
        routes = chosen.routes.build();
        wire = chosen.transport;
        waiting = new WaitingReaders(wire.waiting());
        texts = chosen.texts;
        ticks = chosen.ticks;
        cors = new CorsStep(wire.cors());
        load = new LoadStep(chosen.load, ticks, chosen.random);
        List<Endpoint> endpoints = routes.routes().stream().map(Route::endpoint).toList();
        RateLimit.checkTogether(chosen.everywhere, endpoints);
        var limiter = new RateLimiter(chosen.limits);
        limitByClient = RateLimitStep.ofClients(limiter, chosen.everywhere, endpoints);
        limitByCaller = RateLimitStep.ofCallers(limiter, chosen.everywhere, endpoints);

        var order = new ArrayList<>(chosen.observers);
        order.add(new AccessLog(chosen.accessLog));
        order.add(new TransportStep(wire));
        order.add(cors);
        atRoute = order.size();
        order.add(limitByClient);
        atLoad = order.size();
        order.add(load);
        atBody = order.size();
        order.add(authentication(chosen.authenticate, routes));
        order.add(Steps::keepOutOfCaches);
        order.add(new AccessStep());
        order.add(limitByCaller);
        order.add(new IdempotencyStep());
        all = order.toArray(EdgeStep[]::new);
    }

    /** The step that was chosen; without one, routes that ask for a token could never be reached. */
    private static EdgeStep authentication(@Nullable EdgeStep chosen, RouteTable routes) {
        if (chosen != null) {
            return chosen;
        }
        for (Route route : routes.routes()) {
            if (route.mentionsCaller()) {
                throw new IllegalArgumentException(route + " asks who is calling, but nothing finds that out:"
                        + " give the edge a step by authenticate(...)");
            }
        }
        return exchange -> {};
    }

    private static void keepOutOfCaches(Exchange exchange) {
        if (exchange.isAuthenticated()) {
            exchange.setHeader("Cache-Control", "no-store");
        }
    }

    RouteTable routes() {
        return routes;
    }

    LoadStep load() {
        return load;
    }

    List<RateLimitCount> limitCounts() {
        return Stream.concat(limitByClient.counts().stream(), limitByCaller.counts().stream())
                .toList();
    }

    ProblemTexts texts() {
        return texts;
    }

    LongSupplier ticks() {
        return ticks;
    }

    WaitingReaders waiting() {
        return waiting;
    }

    /** What holds for the body of a request. */
    BodyPolicy bodyPolicy(Exchange exchange) {
        List<BodyPolicy> declared = exchange.isMatched() ? exchange.declared(BodyPolicy.class) : List.of();
        return declared.isEmpty() ? wire.body() : declared.get(0);
    }

    /** From now on a path that a container would take to another servlet than its route's is not found. */
    void servedBy(ServletMappings container) {
        routes.requireMapped(container.patterns());
        mappings = container;
    }

    EdgeStep at(int index) {
        return all[index];
    }

    /** Applies what every request comes to, declared or not. */
    void passToRoute(Passage passage) {
        passage.pass(atRoute);
    }

    RouteMatch match(HttpServletRequest came, RequestFacts facts) {
        return routes.match(facts.method(), facts.path(), Door.decodedPath(came, facts.path()));
    }

    /** What the body of a request is digested by, where its route needs that. */
    @Nullable
    PayloadDigest digest(RouteMatch match) {
        boolean isIdempotent = match instanceof Found found
                && !found.route().endpoint().declared(IdempotencyPolicy.class).isEmpty();
        return isIdempotent ? new PayloadDigest() : null;
    }

    /** Whether the application is to answer: a preflight is answered here. */
    boolean admit(Passage passage, RouteMatch match) {
        EdgeRequest request = passage.request();
        Exchange exchange = request.exchange();
        passage.pass(atRoute);
        request.checkHead(wire.head());
        String asked = cors.preflightFor(exchange);
        if (asked != null && isServed(asked, request)) {
            cors.answerPreflight(exchange, asked);
            return false;
        }
        RouteMatch visible = routes.visibleTo(exchange, match);
        if (!(visible instanceof Found found) || mappings.divert(found.route(), path(found, exchange))) {
            // Whoever tries out paths is to be counted like whoever knows them.
            passage.pass(atLoad);
            throw notServed(visible);
        }
        Route route = found.route();
        if (route.method() == HttpMethod.GET) {
            request.serveAsGet();
        }
        exchange.matched(route.endpoint(), path(found, exchange));
        passage.pass(atBody);
        request.checkBody();
        passage.pass(all.length);
        exchange.admitted();
        return true;
    }

    /** Whether a method is declared for the path of a request, as far as its sender may know. */
    private boolean isServed(String method, EdgeRequest request) {
        String path = request.exchange().facts().path();
        var came = (HttpServletRequest) request.getRequest();
        RouteMatch match = routes.match(method, path, Door.decodedPath(came, path));
        return routes.visibleTo(request.exchange(), match) instanceof Found;
    }

    private static String path(Found found, Exchange exchange) {
        String decoded = found.decoded();
        return decoded == null ? exchange.facts().path() : decoded;
    }

    private static ProblemException notServed(RouteMatch match) {
        if (match instanceof Misspelled) {
            return Problem.AMBIGUOUS_PATH.exception();
        }
        if (!(match instanceof OtherMethods other)) {
            return Problem.NOT_FOUND.exception();
        }
        String allowed = other.allowed().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
        return Problem.METHOD_NOT_ALLOWED
                .detail("use one of " + allowed)
                .header("Allow", allowed)
                .exception();
    }

    /** A route that only says it is idempotent would do its work twice on a retry. */
    boolean mayAnswer(EdgeRequest request) {
        if (!request.isDigested() || request.exchange().isFingerprinted()) {
            return true;
        }
        String route =
                request.exchange().facts().method() + " " + request.exchange().template();
        if (notIdempotent.add(route)) {
            LOG.error(
                    "route {} is declared idempotent() but its handler does not use idempotency, so it is answered with"
                            + " 500: do the work in one of the modes of JdbiIdempotency, or drop the declaration",
                    route);
        }
        return false;
    }
}
