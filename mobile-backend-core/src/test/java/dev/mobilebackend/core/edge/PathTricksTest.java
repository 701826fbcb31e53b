// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.javalin.Rule;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * However a path is spelled, the handler that runs is the one whose rule was checked, and both see the same values.
 * Sent over plain sockets, since clients would spell the paths better; both servers accept whatever Jetty can.
 */
class PathTricksTest {

    private static final List<String> PATHS = List.of(
            "/v1/products",
            "/v1/products/best",
            "/v1/products/7",
            "/v1/orders/7",
            "/v1/orders/7/lines/2",
            "/v1/orders/stats/lines/all",
            "/v1/auth/sign-in",
            "/v1/auth/sessions/3",
            "/v1/toys",
            "/about.jsp",
            "/about");

    /** Makes the container of servlets decode paths by another charset. */
    private static final String MISREAD = "Test-Misread: yes\r\n";

    private static final String CONTEXT = "/v1/app";

    private static final Pattern HEADER = Pattern.compile("(?im)^(handler|rule|values|seen): (.*)$");

    private static Javalin javalin;
    private static Server servlets;

    @BeforeContainer
    static void start() throws Exception {
        javalin = Javalin.create(PathTricksTest::configure).start("127.0.0.1", 0);
        servlets = servlets();
    }

    @AfterContainer
    static void stop() throws Exception {
        if (javalin != null) {
            javalin.stop();
        }
        if (servlets != null) {
            servlets.stop();
        }
    }

    private static void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        JavalinEdge edge =
                JavalinEdge.install(config, builder().routes(routes -> routes.open(HttpMethod.POST, "/v1/auth/sign-in")
                        .open(HttpMethod.GET, "/v1/auth/sign-in")
                        .open(HttpMethod.GET, "/v1/auth")
                        .signedIn(HttpMethod.GET, "/v1/auth/sessions/{session}")));
        edge.servlet("/v1/auth/*", new Echo("/v1/auth/*"));
        serve(config, HandlerType.GET, "/v1/products", edge.open());
        serve(config, HandlerType.GET, "/v1/products/best", edge.open());
        serve(config, HandlerType.GET, "/v1/products/{id}", edge.open());
        serve(config, HandlerType.DELETE, "/v1/products/best", edge.role("admin"));
        serve(config, HandlerType.DELETE, "/v1/products/{id}", edge.role("admin"));
        serve(config, HandlerType.GET, "/v1/orders/stats", edge.role("admin"));
        serve(config, HandlerType.GET, "/v1/orders/{id}", edge.signedIn().owner(PathTricksTest::ownerOf));
        serve(config, HandlerType.GET, "/v1/orders/{id}/lines/all", edge.role("admin"));
        serve(
                config,
                HandlerType.GET,
                "/v1/orders/{id}/lines/{line}",
                edge.signedIn().owner("id", PathTricksTest::ownerOf));
        serve(config, HandlerType.GET, "/v1/{thing}", edge.open());
        serve(config, HandlerType.GET, "/about", edge.open());
        serve(config, HandlerType.GET, "/{page}", edge.signedIn());
    }

    private static void serve(JavalinConfig config, HandlerType method, String path, Rule rule) {
        config.routes.addHttpHandler(
                method,
                path,
                context -> {
                    var seen = new StringBuilder();
                    Exchange exchange = Exchange.of(context.req());
                    for (String variable : exchange.endpoint().variables()) {
                        seen.append(context.pathParam(variable)).append('|');
                    }
                    answer(context.res(), method + " " + path, exchange, seen.toString());
                },
                rule);
    }

    /** Servlets of every kind of mapping, in a context whose path can be misspelled too. */
    private static Server servlets() throws Exception {
        var server = new Server();
        var configuration = new HttpConfiguration();
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        var connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        var context = new ServletContextHandler(CONTEXT);
        context.setAllowNullPathInContext(true);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        Edge edge = builder()
                .routes(routes -> {
                    for (String path : List.of("/v1/products", "/v1/products/best", "/v1/auth/sign-in", "/about.jsp")) {
                        routes.open(HttpMethod.GET, path);
                    }
                    routes.open(HttpMethod.GET, "/v1/products/{id}")
                            .role("admin", HttpMethod.GET, "/v1/orders/stats")
                            .signedIn(HttpMethod.GET, "/v1/orders/{id}")
                            .owner(PathTricksTest::ownerOf)
                            .signedIn(HttpMethod.GET, "/v1/orders/{id}/lines/{line}")
                            .signedIn(HttpMethod.GET, "/v1/auth/sessions/{id}")
                            .open(HttpMethod.GET, "/{page}")
                            .open(HttpMethod.GET, "/app/{area}/{page}");
                })
                .build();
        context.addFilter(new FilterHolder(new Misreading()), "/*", EnumSet.of(DispatcherType.REQUEST));
        var filter = new FilterHolder(edge);
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR));
        for (String pattern : List.of(
                "/v1/products", "/v1/products/best", "/v1/products/*", "/v1/orders/*", "/v1/auth/*", "*.jsp", "/")) {
            context.addServlet(new ServletHolder(new Echo(pattern)), pattern);
        }
        server.setHandler(context);
        server.start();
        return server;
    }

    private static Edge.Builder builder() {
        return Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(exchange -> exchange.authenticated(new Caller("ann", "session", Set.of())));
    }

    private static Optional<String> ownerOf(String id) {
        return Optional.of(id.startsWith("7") || id.startsWith("s") ? "ann" : "bob");
    }

    @Property(tries = 1500)
    void reachesTheHandlerWhoseRuleWasCheckedOnJavalin(@ForAll("requests") Request request) throws Exception {
        String answer = send(javalin.port(), request);

        assertSaneAnswer(request, answer);
        if (answer.startsWith("HTTP/1.1 200 ")) {
            String rule = header(answer, "rule");
            String handler = header(answer, "handler");
            assertTrue(handler.equals(rule) || isOfServlet(handler, rule), request + " gave " + answer);
            assertEquals(header(answer, "values"), header(answer, "seen"), request.toString());
            assertNotEquals("DELETE", rule.substring(0, rule.indexOf(' ')), request.toString());
        }
    }

    @Property(tries = 1500)
    void reachesTheServletWhoseRuleWasCheckedWithTheSameValues(@ForAll("requestsBelowContext") Request request)
            throws Exception {
        String answer = send(((ServerConnector) servlets.getConnectors()[0]).getLocalPort(), request);

        assertSaneAnswer(request, answer);
        if (answer.startsWith("HTTP/1.1 200 ")) {
            String rule = header(answer, "rule");
            assertTrue(isOfServlet(header(answer, "handler"), rule), request + " gave " + answer);
            assertEquals(header(answer, "values"), header(answer, "seen"), request.toString());
        }
    }

    /** What follows the context's path would begin somewhere else, at a path with another rule. */
    @Example
    void knowsNoOtherSpellingOfTheContextsPath() throws Exception {
        int port = ((ServerConnector) servlets.getConnectors()[0]).getLocalPort();

        assertTrue(send(port, new Request("GET", "/v1/app/v1/products", "")).startsWith("HTTP/1.1 200 "));
        assertTrue(send(port, new Request("GET", "/%76%31/app/v1/products", "")).startsWith("HTTP/1.1 404 "));
    }

    /** As Tomcat does with another charset for its URIs: servlets would see another order than the owner's. */
    @Example
    void findsNothingWhereTheContainerReadsThePathOtherwise() throws Exception {
        int port = ((ServerConnector) servlets.getConnectors()[0]).getLocalPort();
        String target = "/v1/app/v1/products/caf%c3%a9";

        assertTrue(send(port, new Request("GET", target, "")).startsWith("HTTP/1.1 200 "));
        assertTrue(send(port, new Request("GET", target, MISREAD)).startsWith("HTTP/1.1 404 "));
    }

    /** Jetty decodes no such path for a servlet that asks for it; Javalin's own handlers do not ask. */
    @Example
    void blamesTheClientForAPathThatTheContainerDoesNotDecode() throws Exception {
        String answer = send(javalin.port(), new Request("GET", "/v1/auth/sessions/%252f3", ""));

        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(send(javalin.port(), new Request("GET", "/v1/products/%252f3", ""))
                .startsWith("HTTP/1.1 200 "));
    }

    private static void assertSaneAnswer(Request request, String answer) {
        assertTrue(answer.matches("(?s)HTTP/1.1 [24]\\d\\d .*"), request + " gave " + answer);
    }

    /** Whether the container would choose this mapping for the rule's own path. */
    private static boolean isOfServlet(String pattern, String rule) {
        String path = rule.substring(rule.indexOf(' ') + 1);
        if (pattern.endsWith("/*")) {
            return path.startsWith(pattern.substring(0, pattern.length() - 1));
        }
        if (pattern.startsWith("*")) {
            return path.endsWith(pattern.substring(1));
        }
        return pattern.equals(path) || (pattern.equals("/") && (path.equals("/{page}") || path.startsWith("/app/")));
    }

    /** A request line and the override that a client tries. */
    private record Request(String method, String target, String override) {}

    @Provide
    Arbitrary<Request> requests() {
        return requests("");
    }

    @Provide
    Arbitrary<Request> requestsBelowContext() {
        return requests(CONTEXT);
    }

    private static Arbitrary<Request> requests(String context) {
        Arbitrary<String> target = Combinators.combine(
                        Arbitraries.of(PATHS), mutations().list().ofMaxSize(3))
                .as((path, mutations) -> {
                    String mutated = context + path;
                    for (Mutation mutation : mutations) {
                        mutated = mutation.apply(mutated);
                    }
                    return mutated;
                });
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(6, Arbitraries.of("GET")),
                                Tuple.of(1, Arbitraries.of("HEAD", "POST", "DELETE", "get", "BREW"))),
                        target,
                        Arbitraries.of("", "X-HTTP-Method-Override: DELETE\r\n", "X-HTTP-Method: DELETE\r\n"))
                .as(Request::new);
    }

    private interface Mutation {
        String apply(String path);
    }

    private static Arbitrary<Mutation> mutations() {
        Arbitrary<Integer> place = Arbitraries.integers().between(0, 99);
        Arbitrary<Mutation> encoded = Combinators.combine(
                        place, Arbitraries.of("%%%02x", "%%%02X", "%%25%02x", "%%u00%02x"))
                .as((where, format) -> path -> {
                    int at = at(path, where);
                    return path.substring(0, at)
                            + String.format(format, (int) path.charAt(at))
                            + path.substring(at + 1);
                });
        Arbitrary<Mutation> inserted = Combinators.combine(
                        place,
                        Arbitraries.of(
                                "/",
                                "//",
                                "/./",
                                "/../",
                                "/x/../",
                                "%2f",
                                "%2F",
                                "%5c",
                                "\\",
                                "%00",
                                "%0a",
                                "%0d%0a",
                                "%c0%af",
                                "%c0%ae%c0%ae/",
                                "%e0%80%af",
                                "%252f",
                                ";a=b",
                                ";",
                                "%3b",
                                "%20",
                                "+",
                                "%2B",
                                ".",
                                "..",
                                "%2e",
                                "%2e%2e/",
                                "..;/",
                                "é",
                                "%e9",
                                "%c3%a9",
                                "%",
                                "%zz",
                                ".jsp",
                                "%2ejsp",
                                ".json",
                                "*",
                                "{id}",
                                "|",
                                "#x",
                                "~",
                                "%7e",
                                "\t",
                                "\u007f"))
                .as((where, text) -> path -> {
                    int at = at(path, where) + (where > 80 ? 1 : 0);
                    return path.substring(0, Math.min(at, path.length()))
                            + text
                            + path.substring(Math.min(at, path.length()));
                });
        Arbitrary<Mutation> afterSlash = Combinators.combine(
                        place, Arbitraries.of("/", "./", "../", "%2e/", "%2e%2e/", ";/", "x/../", "%2f"))
                .as((where, text) -> path -> {
                    int slash = path.indexOf('/', at(path, where));
                    int at = slash < 0 ? path.length() : slash + 1;
                    return path.substring(0, at) + text + path.substring(at);
                });
        Arbitrary<Mutation> appended = Arbitraries.of("/", "/.", "/..", "%2f", ";x", "?x=1", "%00", "%20", ".", "/best")
                .map(text -> path -> path + text);
        Arbitrary<Mutation> cased = place.map(where -> path -> {
            int at = at(path, where);
            char c = path.charAt(at);
            char other = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
            return path.substring(0, at) + other + path.substring(at + 1);
        });
        Arbitrary<Mutation> spelledOut = Arbitraries.of("best", "stats", "auth", "products", "all", "v1", "about", "7")
                .map(word -> path -> path.replace(word, hex(word)));
        Arbitrary<Mutation> replaced = Arbitraries.of("best", "stats", "%62est", "s%74ats", "sign-in")
                .map(word -> path -> path.replaceFirst("/[^/]*$", "/" + word));
        return Arbitraries.oneOf(encoded, inserted, afterSlash, appended, cased, spelledOut, replaced);
    }

    private static int at(String path, int percent) {
        return percent * path.length() / 100;
    }

    private static String hex(String word) {
        var encoded = new StringBuilder();
        word.chars().forEach(c -> encoded.append(String.format("%%%02x", c)));
        return encoded.toString();
    }

    private static String send(int port, Request request) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            String head = request.method() + " " + request.target() + " HTTP/1.1\r\nHost: localhost\r\n"
                    + request.override() + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String header(String answer, String name) {
        Matcher lines = HEADER.matcher(answer);
        while (lines.find()) {
            if (lines.group(1).equalsIgnoreCase(name)) {
                return lines.group(2);
            }
        }
        throw new AssertionError("no " + name + " in " + answer);
    }

    private static void answer(HttpServletResponse response, String handler, Exchange exchange, String seen) {
        response.setHeader("Handler", handler);
        response.setHeader("Rule", exchange.endpoint().toString());
        var values = new StringBuilder();
        for (String variable : exchange.endpoint().variables()) {
            values.append(exchange.pathParameter(variable)).append('|');
        }
        response.setHeader("Values", hex(values.toString()));
        response.setHeader("Seen", hex(seen));
    }

    private static final class Misreading implements Filter {

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            var http = (HttpServletRequest) request;
            chain.doFilter(
                    http.getHeader("Test-Misread") == null
                            ? http
                            : new HttpServletRequestWrapper(http) {
                                @Override
                                public @Nullable String getPathInfo() {
                                    String path = super.getPathInfo();
                                    return path == null
                                            ? null
                                            : new String(
                                                    path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
                                }
                            },
                    response);
        }
    }

    /** Says which mapping it stands for, and reads the values out of the path that the container decoded. */
    private static final class Echo extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final String pattern;

        Echo(String pattern) {
            this.pattern = pattern;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            Exchange exchange = Exchange.of(request);
            String below = request.getPathInfo();
            String path = below == null ? request.getServletPath() : request.getServletPath() + below;
            String template = exchange.template().replaceAll("\\{[a-z]+}", "([^/]+)");
            Matcher values = Pattern.compile(template, Pattern.DOTALL).matcher(path);
            var seen = new StringBuilder();
            if (values.matches()) {
                for (int i = 1; i <= values.groupCount(); i++) {
                    seen.append(values.group(i)).append('|');
                }
            } else {
                seen.append("not ").append(template).append(" but ").append(path);
            }
            answer(response, pattern, exchange, seen.toString());
        }
    }
}
