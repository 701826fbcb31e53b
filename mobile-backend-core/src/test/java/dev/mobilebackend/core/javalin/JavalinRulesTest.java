// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static dev.mobilebackend.core.javalin.JavalinEdge.answering;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class JavalinRulesTest {

    private static final Handler FINE = answering(exchange -> Answer.of(204));

    @Test
    void servesRoutesUnderTheRulesThatWereRegisteredWithThem() throws Exception {
        Javalin app = started(builder(), (config, edge) -> config.routes
                .get("/open", FINE, edge.open())
                .get("/mine", FINE, edge.signedIn())
                .get("/admin", FINE, edge.role("admin"))
                .get("/scoped", FINE, edge.scope("read"))
                .get("/either", FINE, edge.only(Access.anyOf(Access.role("admin"), Access.scope("read"))))
                .post("/orders/{id}", FINE, edge.signedIn().owner(id -> Optional.of(id))));
        try {
            assertEquals(204, status(app, "GET", "/open", ""));
            assertEquals(401, status(app, "GET", "/mine", ""));
            assertEquals(204, status(app, "GET", "/mine", "ann"));
            assertEquals(403, status(app, "GET", "/admin", "ann"));
            assertEquals(204, status(app, "GET", "/scoped", "ann"));
            assertEquals(204, status(app, "GET", "/either", "ann"));
            assertEquals(204, status(app, "POST", "/orders/ann", "ann"));
            assertEquals(404, status(app, "POST", "/orders/bob", "ann"));
        } finally {
            app.stop();
        }
    }

    @Test
    void putsTheRulesIntoTheTableBesideThoseOfServlets() {
        var installed = new AtomicReference<JavalinEdge>();
        Edge.Builder builder = builder().routes(routes -> routes.open(POST, "/v1/auth/sign-in"));
        Javalin app = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            JavalinEdge edge = JavalinEdge.install(config, builder);
            edge.servlet("/v1/auth/*", new HttpServlet() {});
            config.routes.get("/v1/orders/{id}", FINE, edge.signedIn().privateNetwork());
            installed.set(edge);
        });
        assertThrows(IllegalStateException.class, () -> installed.get().built());

        app.start("127.0.0.1", 0);
        try {
            List<Route> routes = installed.get().built().routes().routes();

            assertEquals("[POST /v1/auth/sign-in, GET /v1/orders/{id}]", routes.toString());
            assertTrue(routes.get(1).isPrivate() && routes.get(1).needsCaller());
        } finally {
            app.stop();
        }
    }

    @MultipartConfig
    private static final class Counting extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            response.setStatus(200 + request.getParts().size());
        }
    }

    @Test
    void servesPartsToServletsThatAreMadeForThem() throws Exception {
        Javalin app = started(
                builder().routes(routes -> routes.open(POST, "/upload/parts").open(POST, "/plain/parts")),
                (config, edge) -> {
                    edge.servlet("/upload/*", new Counting());
                    edge.servlet("/plain/*", new HttpServlet() {
                        @Override
                        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                                throws IOException, ServletException {
                            request.getParts();
                        }
                    });
                });
        try {
            assertEquals(201, upload(app, "/upload/parts"));
            assertEquals(500, upload(app, "/plain/parts"));
        } finally {
            app.stop();
        }
    }

    private static int upload(Javalin app, String path) throws Exception {
        String part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(part))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    }

    @Test
    void doesNotStartWithRoutesThatNoRuleNames() {
        assertDoesNotStart(
                "these routes are served, but no rule says who may reach them: GET /events, GET /forgotten,"
                        + " PUT /also-forgotten. Declare each of them, or do not serve it",
                (config, edge) -> config.routes
                        .get("/forgotten", FINE)
                        .get("/remembered", FINE, edge.open())
                        .put("/also-forgotten", FINE)
                        .before("/*", context -> {})
                        .ws("/events", socket -> {}));
    }

    @Test
    void doesNotStartWithServletsThatNoRuleNames() {
        assertDoesNotStart(
                "servlets are mapped to these paths, but no rule says who may reach them: /forgotten/*."
                        + " Declare what they serve, or do not map them",
                (config, edge) -> edge.servlet("/forgotten/*", new HttpServlet() {}));
    }

    @Test
    void doesNotStartWhereJavalinTakesAnotherRouteThanTheTable() {
        assertDoesNotStart(
                "requests for GET /orders/best would reach the handler of /orders/{id}, which was registered before"
                        + " it: register the more literal one first",
                (config, edge) -> config.routes
                        .get("/orders/{id}", FINE, edge.open())
                        .get("/orders/best", FINE, edge.signedIn()));

        started(builder(), (config, edge) -> config.routes
                        .get("/orders/best", FINE, edge.signedIn())
                        .get("/orders/{id}", FINE, edge.open()))
                .stop();
    }

    @Test
    void doesNotStartWhereCaseMakesNoDifference() {
        assertDoesNotStart(
                "config.router.caseInsensitiveRoutes must be false: paths that differ in case only would reach one"
                        + " handler under different rules",
                (config, edge) -> config.router.caseInsensitiveRoutes = true);
    }

    @Test
    void doesNotStartWithPathsThatATableCannotHold() {
        assertDoesNotStart(
                "a segment must be a plain name or a {variable}, was '<path>' in '/files/<path>': a route has as"
                        + " many segments as its paths, so declare one for each depth, or take the rest as a query"
                        + " parameter",
                (config, edge) -> config.routes.get("/files/<path>", FINE, edge.open()));
        assertDoesNotStart(
                "TRACE /files cannot be declared: a route's method must be one of [GET, HEAD, POST, PUT, PATCH,"
                        + " DELETE, OPTIONS]",
                (config, edge) -> config.routes.addHttpHandler(HandlerType.TRACE, "/files", FINE, edge.open()));
    }

    @Test
    void doesNotStartWithTwoRulesForOneRoute() {
        assertDoesNotStart(
                "GET /twice was registered with 2 rules: make one of them, by refining it",
                (config, edge) -> config.routes.get("/twice", FINE, edge.open(), edge.signedIn()));
        assertDoesNotStart(
                "GET /twice is declared twice: keep one",
                (config, edge) -> config.routes.get("/twice", FINE, edge.open()),
                builder().routes(routes -> routes.signedIn(GET, "/twice")));
    }

    @Test
    void doesNotStartWithRulesThatComeTooLateForTheEdge() {
        Edge finished = builder().routes(routes -> routes.open(GET, "/a")).build();
        Javalin app = Javalin.create(config -> {
            JavalinEdge edge = JavalinEdge.install(config, finished);
            config.routes.get("/a", FINE, edge.open());
        });

        assertEquals(
                "this edge was built before the rules beside Javalin's routes were known: hand its builder to"
                        + " JavalinEdge.install",
                assertThrows(IllegalStateException.class, () -> app.start("127.0.0.1", 0))
                        .getMessage());
    }

    @Test
    void refinesARuleWithoutChangingItElsewhere() {
        Rule rule = Rule.beginning(Access.signedIn());

        assertNotSame(rule, rule.role("admin"));
        assertEquals(1, rule.terms().size());
    }

    /** Javalin serves a route whatever roles stand on it: a rule that could be had without an edge would open it. */
    @Test
    void givesRulesToThoseOnlyWhoHaveInstalledAnEdge() {
        assertEquals(0, Rule.class.getConstructors().length);
        for (Class<?> type : List.of(Rule.class, JavalinEdge.class)) {
            for (Method method : type.getMethods()) {
                assertFalse(
                        Modifier.isStatic(method.getModifiers()) && method.getReturnType() == Rule.class,
                        method::toString);
            }
        }
    }

    /** As a host without Javalin, Jetty and Kotlin would: what is missing there must not be asked for. */
    @Test
    void leavesJavalinAloneWithoutTheAdapter() throws Exception {
        var withoutJavalin = new ClassLoader(null) {
            @Override
            protected URL findResource(String name) {
                return JavalinRulesTest.class.getClassLoader().getResource(name);
            }

            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (name.matches("(io\\.javalin|org\\.eclipse\\.jetty|kotlin)\\..*")) {
                    throw new ClassNotFoundException(name + " is not there");
                }
                String file = name.replace('.', '/') + ".class";
                try (var in = JavalinRulesTest.class.getClassLoader().getResourceAsStream(file)) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException unreadable) {
                    throw new ClassNotFoundException(name, unreadable);
                }
            }
        };

        Class<?> routes = withoutJavalin.loadClass("dev.mobilebackend.core.route.Routes");
        Class<?> edge = withoutJavalin.loadClass("dev.mobilebackend.core.edge.Edge");
        Object builder = edge.getMethod("builder").invoke(null);
        Object built = builder.getClass().getMethod("build").invoke(builder);

        assertEquals(withoutJavalin, routes.getClassLoader());
        assertEquals(withoutJavalin, built.getClass().getClassLoader());
    }

    private static Edge.Builder builder() {
        return Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(JavalinRulesTest::believeHeader);
    }

    private static void believeHeader(Exchange exchange) {
        String name = exchange.header("Test-Caller");
        if (name != null) {
            exchange.authenticated(new Caller(name, "session", Set.of(), Set.of("read")));
        }
    }

    private static Javalin started(Edge.Builder builder, BiConsumer<JavalinConfig, JavalinEdge> application) {
        return Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    application.accept(config, JavalinEdge.install(config, builder));
                })
                .start("127.0.0.1", 0);
    }

    private static void assertDoesNotStart(String message, BiConsumer<JavalinConfig, JavalinEdge> application) {
        assertDoesNotStart(message, application, builder());
    }

    private static void assertDoesNotStart(
            String message, BiConsumer<JavalinConfig, JavalinEdge> application, Edge.Builder builder) {
        Throwable refused = assertThrows(
                RuntimeException.class, () -> started(builder, application).stop());
        while (refused.getCause() != null) {
            refused = refused.getCause();
        }
        assertEquals(message, refused.getMessage());
    }

    private static int status(Javalin app, String method, String path, String caller) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .method(method, BodyPublishers.noBody());
        if (!caller.isEmpty()) {
            request.header("Test-Caller", caller);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString())
                .statusCode();
    }
}
