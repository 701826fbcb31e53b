// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.RequestId;
import dev.mobilebackend.core.load.LoadPolicy;
import dev.mobilebackend.core.load.LoadStep;
import dev.mobilebackend.core.observe.AccessLog;
import dev.mobilebackend.core.observe.AccessLogPolicy;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.problem.ProblemTexts;
import dev.mobilebackend.core.problem.ProblemWriter;
import dev.mobilebackend.core.ratelimit.InMemoryRateLimitStore;
import dev.mobilebackend.core.ratelimit.RateLimit;
import dev.mobilebackend.core.ratelimit.RateLimitCount;
import dev.mobilebackend.core.ratelimit.RateLimitStore;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportStep;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The front door: a servlet filter for every path, before everything else. It lets a request through to the
 * application only on a declared route whose rules hold, and sees to it that every error leaves as a problem. Map it
 * to {@code /*} for every dispatcher type, with async support.
 *
 * <pre>{@code
 * var edge = Edge.builder()
 *         .authenticate(auth.bearerStep())
 *         .limit(perClient(300, ofMinutes(1)))
 *         .routes(routes -> routes
 *                 .open(GET, "/v1/products/{id}")
 *                 .signedIn(POST, "/v1/orders").idempotent().limit(perCaller(10, ofMinutes(1))))
 *         .build();
 * }</pre>
 */
public final class Edge implements Filter {

    private final Steps steps;
    private final Dispatches dispatches;

    private Edge(Builder builder) {
        steps = new Steps(builder);
        dispatches = new Dispatches(new Door(builder.transport.proxies(), builder.clock, builder.random), steps);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What this edge lets through. */
    public RouteTable routes() {
        return steps.routes();
    }

    /** How often each limit has refused by now, for the routes that have been asked for. */
    public List<RateLimitCount> limitCounts() {
        return steps.limitCounts();
    }

    /** How much is in flight and was refused, for metrics. */
    public LoadStep load() {
        return steps.load();
    }

    Steps steps() {
        return steps;
    }

    /**
     * Called by the container at its start.
     *
     * @throws IllegalStateException if servlets serve what no route names, or what the edge is not mapped to
     */
    @Override
    public void init(FilterConfig config) {
        ServletMappings found = ServletMappings.of(config.getServletContext());
        steps.servedBy(found);
        FilterMappings.requireAll(config, found.patterns(), routes().routes());
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("the edge filters HTTP only");
        }
        switch (request.getDispatcherType()) {
            case REQUEST -> dispatches.enter(http, answer, chain);
            case ASYNC -> dispatches.resume(http, answer, chain);
            case ERROR -> dispatches.endContainerError(http, answer);
            case FORWARD -> dispatches.forward(http, answer, chain);
            case INCLUDE -> dispatches.include(request, response, chain);
        }
    }

    /**
     * Ends a request with the problem that an exception stands for: for frameworks that catch what their handlers
     * throw. What is not a {@link ProblemException} is logged with the request's id and answered with 500. An answer
     * that is on its way already is cut off.
     *
     * @throws IllegalStateException if no edge stands in front of the request
     */
    public static void fail(ServletRequest request, Exception failure) {
        EdgeRequest asked = EdgeRequest.find(request)
                .orElseThrow(() -> new IllegalStateException("put the Edge filter in front of this request"));
        asked.response().fail(failure);
    }

    /**
     * Answers with the problem that a bare status stands for, where a container refuses a request before any filter:
     * to be called by its own error handler.
     */
    public static void refuse(HttpServletResponse response, int status) throws IOException {
        Problem problem = Problem.ofStatus(status);
        String requestId = RequestId.next(Ambient.quickRandom());
        AccessLog.refusedByContainer(problem, requestId);
        byte[] body = ProblemWriter.body(problem, requestId);
        response.resetBuffer();
        response.setStatus(problem.status());
        TransportStep.loneFields(problem, requestId).forEach(response::setHeader);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** Chooses what an edge does; whatever is not chosen is the strictest. */
    public static final class Builder {

        final Routes routes = new Routes();
        final List<RateLimit> everywhere = new ArrayList<>();
        final List<EdgeStep> observers = new ArrayList<>();
        AccessLogPolicy accessLog = AccessLogPolicy.lines();
        ProblemTexts texts = ProblemTexts.shipped();
        TransportPolicy transport = TransportPolicy.strict();
        LoadPolicy load = LoadPolicy.adaptive();
        RateLimitStore limits = new InMemoryRateLimitStore();

        @Nullable
        EdgeStep authenticate;

        InstantSource clock = Ambient.clock();
        LongSupplier ticks = Ambient.ticks();
        RandomGenerator random = Ambient.quickRandom();

        private Builder() {}

        /** Declares routes; may be called more than once. */
        public Builder routes(Consumer<Routes> declarations) {
            requireNonNull(declarations, "routes must not be null: leave the call out where there are none")
                    .accept(routes);
            return this;
        }

        /** The step that finds out who is calling; without one there can be only open routes. */
        public Builder authenticate(EdgeStep step) {
            if (authenticate != null) {
                throw new IllegalStateException("authenticate was called twice, and one step finds out who is calling:"
                        + " make one of both, which asks the second where the first knows nobody");
            }
            authenticate =
                    requireNonNull(step, "authenticate must not be null: leave it out where all routes are open");
            return this;
        }

        /**
         * A step around all others, which hears of every request that can be read, refused ones included: figures, a
         * drain. The first is the outermost.
         */
        public Builder observe(EdgeStep step) {
            observers.add(requireNonNull(step, "observe must not be null: leave it out"));
            return this;
        }

        /** What is logged of each request; {@link AccessLogPolicy#lines} if nothing is said. */
        public Builder accessLog(AccessLogPolicy policy) {
            accessLog = requireNonNull(
                    policy,
                    "accessLog must not be null: to have none, switch its logger off, dev.mobilebackend.access");
            return this;
        }

        /** A limit for all routes together, but those declared unlimited, and for requests that no route is for. */
        public Builder limit(RateLimit limit) {
            everywhere.add(requireNonNull(limit, "limit must not be null: leave it out where there is none"));
            return this;
        }

        public Builder transport(TransportPolicy policy) {
            transport = requireNonNull(policy, "transport must not be null: leave it out for the strictest");
            return this;
        }

        /** In which languages problems are answered; otherwise in those that this library ships. */
        public Builder texts(ProblemTexts languages) {
            texts = requireNonNull(languages, "texts must not be null: ProblemTexts.english() speaks English alone");
            return this;
        }

        /** How many requests may be worked on at once; without one {@link LoadPolicy#adaptive}. */
        public Builder load(LoadPolicy policy) {
            load = requireNonNull(policy, "load must not be null: LoadPolicy.unlimited() has no limit");
            return this;
        }

        public Builder limits(RateLimitStore store) {
            limits = requireNonNull(store, "limits must not be null: leave them out to count in this process");
            return this;
        }

        public Builder clock(InstantSource source) {
            clock = requireNonNull(source, "clock must not be null: leave it out for the system's");
            return this;
        }

        /** Nanoseconds that never jump, for spans within one request. */
        public Builder ticks(LongSupplier source) {
            ticks = requireNonNull(source, "ticks must not be null: leave them out for the system's");
            return this;
        }

        /** Where request ids come from. */
        public Builder random(RandomGenerator generator) {
            random = requireNonNull(generator, "random must not be null: leave it out for our own");
            return this;
        }

        /**
         * The finished edge.
         *
         * @throws IllegalArgumentException if a route contradicts itself or another, asks for callers whom nothing
         *     finds out, or a limit for all routes has the name of another limit
         */
        public Edge build() {
            var edge = new Edge(this);
            for (EdgeStep step : observers) {
                if (step instanceof EdgeObserver observer) {
                    observer.observes(edge);
                }
            }
            return edge;
        }
    }
}
