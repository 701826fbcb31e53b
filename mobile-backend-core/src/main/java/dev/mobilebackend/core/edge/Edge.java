// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.RequestId;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotencyStep;
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
import dev.mobilebackend.core.ratelimit.RateLimitStep;
import dev.mobilebackend.core.ratelimit.RateLimitStore;
import dev.mobilebackend.core.ratelimit.RateLimiter;
import dev.mobilebackend.core.route.AccessStep;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.RouteMatch;
import dev.mobilebackend.core.route.RouteMatch.Found;
import dev.mobilebackend.core.route.RouteMatch.OtherMethods;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.transport.BodyPolicy;
import dev.mobilebackend.core.transport.CorsStep;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportStep;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

    private final Door door;
    private final RouteTable routes;
    private final ProblemTexts texts;
    private final TransportPolicy wire;
    private final CorsStep cors;
    private final WaitingReaders waitingReaders;
    private final LongSupplier ticks;
    private final RateLimitStep limitByClient;
    private final RateLimitStep limitByCaller;
    private volatile ServletMappings mappings = ServletMappings.NONE;
    private final LoadStep load;
    private final Set<String> notIdempotent = ConcurrentHashMap.newKeySet();

    /**
     * In the order they are applied: to the first {@code atRoute} every request comes, and where no route is for it, to
     * those before {@code atLoad}.
     */
    private final EdgeStep[] steps;

    private final int atRoute;
    private final int atLoad;
    private final int atBody;

    private Edge(Builder builder) {
        var limiter = new RateLimiter(builder.limits);
        wire = builder.transport;
        cors = new CorsStep(wire.cors());
        waitingReaders = new WaitingReaders(wire.waiting());
        door = new Door(wire.proxies(), builder.clock, builder.random);
        routes = builder.routes.build();
        texts = builder.texts;
        List<Endpoint> endpoints = routes.routes().stream().map(Route::endpoint).toList();
        RateLimit.checkTogether(builder.everywhere, endpoints);
        ticks = builder.ticks;
        limitByClient = RateLimitStep.ofClients(limiter, builder.everywhere, endpoints);
        limitByCaller = RateLimitStep.ofCallers(limiter, builder.everywhere, endpoints);
        var all = new ArrayList<>(builder.observers);
        all.add(new AccessLog(builder.accessLog));
        all.add(new TransportStep(wire));
        all.add(cors);
        atRoute = all.size();
        all.add(limitByClient);
        atLoad = all.size();
        load = new LoadStep(builder.load, builder.ticks, builder.random);
        all.add(load);
        atBody = all.size();
        all.add(authentication(builder.authenticate, routes));
        all.add(Edge::keepOutOfCaches);
        all.add(new AccessStep());
        all.add(limitByCaller);
        all.add(new IdempotencyStep());
        steps = all.toArray(EdgeStep[]::new);
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

    public static Builder builder() {
        return new Builder();
    }

    /** What this edge lets through. */
    public RouteTable routes() {
        return routes;
    }

    /**
     * Called by the container at its start.
     *
     * @throws IllegalStateException if servlets serve what no route names
     */
    @Override
    public void init(FilterConfig config) {
        ServletMappings found = ServletMappings.of(config.getServletContext());
        routes.requireMapped(found.patterns());
        mappings = found;
    }

    /** What each limit has done by now. */
    public List<RateLimitCount> limitCounts() {
        return Stream.concat(limitByClient.counts().stream(), limitByCaller.counts().stream())
                .toList();
    }

    /** How much is in flight and was refused, for metrics. */
    public LoadStep load() {
        return load;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("the edge filters HTTP only");
        }
        switch (request.getDispatcherType()) {
            case REQUEST -> enter(http, answer, chain);
            case ASYNC -> resume(http, answer, chain);
            case ERROR -> endContainerError(http, answer);
            case FORWARD -> forward(http, answer, chain);
            case INCLUDE -> include(request, response, chain);
        }
    }

    /** Tomcat includes its error page where it can no longer forward to it: in the middle of an answer. */
    private static void include(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) == null
                || request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) == null) {
            chain.doFilter(request, response);
        }
    }

    /** The end of a forward is the end of the answer (Servlet 6.0 section 9.4); Tomcat 11 takes nothing after it. */
    private static void forward(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        EdgeRequest asked = EdgeRequest.find(request).orElse(null);
        if (asked != null) {
            settle(asked);
        }
    }

    private void enter(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException {
        HttpServletRequest came;
        RequestFacts facts;
        RouteMatch match;
        try {
            came = door.behindProxies(request);
            facts = door.read(came);
            match = routes.match(facts.method(), facts.path(), Door.decodedPath(came, facts.path()));
        } catch (RuntimeException unreadable) {
            String requestId = door.newRequestId();
            LOG.error("request {} could not be read", requestId, unreadable);
            response.setHeader("X-Request-Id", requestId);
            EdgeResponse.write(response, request, Problem.INTERNAL_ERROR, texts, requestId);
            return;
        }
        PayloadDigest digest = match instanceof Found found && isIdempotent(found.route()) ? new PayloadDigest() : null;
        var answer = new EdgeResponse(response, request, texts, facts.requestId());
        var asked = new EdgeRequest(came, answer, facts, bodyPolicy(match), waitingReaders, digest, ticks);
        Exchange exchange = asked.exchange();
        var passage = new Passage(exchange, steps);
        answer.whenEnded(passage);
        if (digest != null) {
            answer.passOnlyIf(() -> usesIdempotency(exchange));
        }
        try {
            if (admit(passage, match, asked)) {
                answer.admitted();
                chain.doFilter(asked, answer);
            }
        } catch (Throwable failure) {
            failed(asked, failure);
        }
        settle(asked);
    }

    /** A request comes round again after {@code AsyncContext.dispatch}: it was admitted the first time. */
    private static void resume(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        EdgeRequest asked = EdgeRequest.find(request)
                .orElseThrow(() -> new IllegalStateException("map the edge for REQUEST too, not for ASYNC alone"));
        asked.takeBack();
        if (asked.response().isCutOff()) {
            throw asked.response().brokenOff();
        }
        try {
            chain.doFilter(again(request, asked), again(response, asked.response()));
        } catch (Throwable failure) {
            failed(asked, failure);
        }
        settle(asked);
    }

    /** What the container dispatches with, which knows the path it dispatches to, if it leads through ours. */
    private static ServletRequest again(ServletRequest dispatched, EdgeRequest ours) {
        boolean through = dispatched == ours
                || (dispatched instanceof ServletRequestWrapper wrapper && wrapper.isWrapperFor(ours));
        return through ? dispatched : ours;
    }

    private static ServletResponse again(ServletResponse dispatched, EdgeResponse ours) {
        boolean through = dispatched == ours
                || (dispatched instanceof ServletResponseWrapper wrapper && wrapper.isWrapperFor(ours));
        return through ? dispatched : ours;
    }

    /** The container wants to show its own page, for an error that never reached the application or outlived it. */
    private void endContainerError(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 500;
        Problem problem = problemOf(status);
        EdgeRequest admitted = EdgeRequest.find(request).orElse(null);
        if (admitted != null) {
            admitted.response().writeAgain(response, problem);
            return;
        }
        HttpServletRequest came;
        RequestFacts facts;
        try {
            came = door.behindProxies(request);
            facts = door.read(came);
        } catch (RuntimeException unreadable) {
            EdgeResponse.write(response, request, problem, texts, door.newRequestId());
            return;
        }
        var answer = new EdgeResponse(response, request, texts, facts.requestId());
        var asked = new EdgeRequest(came, answer, facts, wire.body(), waitingReaders, null, ticks);
        var passage = new Passage(asked.exchange(), steps);
        answer.whenEnded(passage);
        try {
            passage.pass(atRoute);
        } catch (RuntimeException refusedAnyway) {
            LOG.debug("request {} had failed in the container already", facts.requestId(), refusedAnyway);
        }
        answer.refuse(problem);
        answer.finish();
    }

    private BodyPolicy bodyPolicy(RouteMatch match) {
        List<BodyPolicy> declared =
                match instanceof Found found ? found.route().endpoint().declared(BodyPolicy.class) : List.of();
        return declared.isEmpty() ? wire.body() : declared.get(0);
    }

    /** Whether a method is declared for the path of a request, as far as its sender may know. */
    private boolean isServed(String method, EdgeRequest request) {
        String path = request.exchange().facts().path();
        var came = (HttpServletRequest) request.getRequest();
        RouteMatch match = routes.match(method, path, Door.decodedPath(came, path));
        return routes.visibleTo(request.exchange(), match) instanceof Found;
    }

    /** Whether the application is to answer: a preflight is answered here. */
    private boolean admit(Passage passage, RouteMatch match, EdgeRequest request) {
        passage.pass(atRoute);
        request.checkHead(wire.head());
        String asked = cors.preflightFor(request.exchange());
        if (asked != null && isServed(asked, request)) {
            cors.answerPreflight(request.exchange(), asked);
            return false;
        }
        RouteMatch visible = routes.visibleTo(request.exchange(), match);
        if (!(visible instanceof Found found) || mappings.divert(found)) {
            // Whoever tries out paths is to be counted like whoever knows them.
            passage.pass(atLoad);
            throw notServed(visible);
        }
        Route route = found.route();
        if (route.method() == HttpMethod.GET) {
            request.serveAsGet();
        }
        request.exchange().matched(route.endpoint(), found.pathValues());
        passage.pass(atBody);
        request.checkBody();
        passage.pass(steps.length);
        request.exchange().admitted();
        return true;
    }

    private static ProblemException notServed(RouteMatch match) {
        if (!(match instanceof OtherMethods other)) {
            return Problem.NOT_FOUND.exception();
        }
        String allowed = other.allowed().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
        return Problem.METHOD_NOT_ALLOWED
                .detail("use one of " + allowed)
                .header("Allow", allowed)
                .exception();
    }

    private static void keepOutOfCaches(Exchange exchange) {
        if (exchange.isAuthenticated()) {
            exchange.setHeader("Cache-Control", "no-store");
        }
    }

    private static boolean isIdempotent(Route route) {
        return !route.endpoint().declared(IdempotencyPolicy.class).isEmpty();
    }

    /** A route that only says it is idempotent would do its work twice on a retry. */
    private boolean usesIdempotency(Exchange exchange) {
        if (exchange.isFingerprinted()) {
            return true;
        }
        String route = exchange.facts().method() + " " + exchange.template();
        if (notIdempotent.add(route)) {
            LOG.error(
                    "route {} is declared idempotent() but its handler does not use idempotency, so it is answered with"
                            + " 500: do the work in one of the modes of JdbiIdempotency, or drop the declaration",
                    route);
        }
        return false;
    }

    private static void failed(EdgeRequest request, Throwable failure) {
        EdgeAsync started = request.handedOver();
        if (started == null) {
            fail(request.response(), failure);
        } else {
            started.fail(failure);
        }
    }

    /** Leaves one finished answer, or an async start, behind. */
    private static void settle(EdgeRequest request) throws IOException {
        if (request.isHandedOver()) {
            return;
        }
        if (!request.response().isEnded()) {
            boolean left = !request.drainBody();
            if (left) {
                request.response().closeConnection();
            }
            request.response().finish();
            if (left) {
                request.leaveBody();
            }
        } else if (request.response().isCutOff()) {
            throw request.response().brokenOff();
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
        fail(asked.response(), failure);
    }

    /**
     * Answers with the problem that a bare status stands for, where a container refuses a request before any filter:
     * to be called by its own error handler.
     */
    public static void refuse(HttpServletResponse response, int status) throws IOException {
        Problem problem = problemOf(status);
        String requestId = RequestId.next(Ambient.quickRandom());
        byte[] body = ProblemWriter.body(problem, requestId);
        response.resetBuffer();
        response.setStatus(problem.status());
        TransportStep.loneFields(problem, requestId).forEach(response::setHeader);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static Problem problemOf(int status) {
        return status < 400 || status > 599 ? Problem.INTERNAL_ERROR : Problem.ofStatus(status);
    }

    static void fail(EdgeResponse answer, Throwable failure) {
        ProblemException refusal = refusalIn(failure);
        if (answer.isClientGone()) {
            LOG.debug("the client of request {} went away before its answer", answer.requestId(), failure);
        } else if (refusal == null) {
            LOG.error("request {} failed", answer.requestId(), failure);
        }
        answer.refuse(refusal == null ? Problem.INTERNAL_ERROR : refusal.problem());
    }

    private static @Nullable ProblemException refusalIn(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
            if (cause instanceof ProblemException refusal) {
                return refusal;
            }
        }
        return null;
    }

    /** Chooses what an edge does; whatever is not chosen is the strictest. */
    public static final class Builder {

        private final Routes routes = new Routes();
        private final List<RateLimit> everywhere = new ArrayList<>();
        private final List<EdgeStep> observers = new ArrayList<>();
        private AccessLogPolicy accessLog = AccessLogPolicy.lines();
        private ProblemTexts texts = ProblemTexts.shipped();
        private TransportPolicy transport = TransportPolicy.strict();
        private LoadPolicy load = LoadPolicy.adaptive();
        private RateLimitStore limits = new InMemoryRateLimitStore();
        private @Nullable EdgeStep authenticate;
        private InstantSource clock = Ambient.clock();
        private LongSupplier ticks = Ambient.ticks();
        private RandomGenerator random = Ambient.quickRandom();

        private Builder() {}

        /** Declares routes; may be called more than once. */
        public Builder routes(Consumer<Routes> declarations) {
            declarations.accept(routes);
            return this;
        }

        /** The step that finds out who is calling; without one there can be only open routes. */
        public Builder authenticate(EdgeStep step) {
            authenticate = step;
            return this;
        }

        /**
         * A step around all others, which hears of every request that can be read, refused ones included: figures, a
         * drain. The first is the outermost.
         */
        public Builder observe(EdgeStep step) {
            observers.add(step);
            return this;
        }

        /** What is logged of each request; {@link AccessLogPolicy#lines} if nothing is said. */
        public Builder accessLog(AccessLogPolicy policy) {
            accessLog = policy;
            return this;
        }

        /** A limit for all routes together, but those declared unlimited, and for requests that no route is for. */
        public Builder limit(RateLimit limit) {
            everywhere.add(limit);
            return this;
        }

        public Builder transport(TransportPolicy policy) {
            transport = policy;
            return this;
        }

        /** In which languages problems are answered; otherwise in those that this library ships. */
        public Builder texts(ProblemTexts languages) {
            texts = languages;
            return this;
        }

        /** How many requests may be worked on at once; without one {@link LoadPolicy#adaptive}. */
        public Builder load(LoadPolicy policy) {
            load = policy;
            return this;
        }

        public Builder limits(RateLimitStore store) {
            limits = store;
            return this;
        }

        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Nanoseconds that never jump, for spans within one request. */
        public Builder ticks(LongSupplier source) {
            ticks = source;
            return this;
        }

        /** Where request ids come from. */
        public Builder random(RandomGenerator generator) {
            random = generator;
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
