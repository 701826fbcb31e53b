// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Javalin application behind an edge that believes the headers Test-Caller and Test-Role, and a client for it. */
final class EdgeServer implements AutoCloseable {

    static final int MAXIMUM_BODY = 1000;

    private final Javalin app;

    private EdgeServer(Javalin app) {
        this.app = app;
    }

    /** Starts it; the first consumer may put filters before the edge. */
    static EdgeServer start(
            Consumer<JavalinConfig> before, Consumer<Routes> declarations, Consumer<JavalinConfig> application) {
        return start(
                Edge.builder()
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.LOOPBACK)
                                .maximumBody(MAXIMUM_BODY))
                        .routes(declarations),
                before,
                application);
    }

    /** Starts it with an edge that has been told everything but who is calling. */
    static EdgeServer start(Edge.Builder builder, Consumer<JavalinConfig> before, Consumer<JavalinConfig> application) {
        Edge edge = builder.authenticate(EdgeServer::believeHeader).build();
        return new EdgeServer(Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    before.accept(config);
                    JavalinEdge.install(config, edge);
                    application.accept(config);
                })
                .start("127.0.0.1", 0));
    }

    static EdgeServer start(Consumer<Routes> declarations, Consumer<JavalinConfig> application) {
        return start(config -> {}, declarations, application);
    }

    private static void believeHeader(Exchange exchange) {
        String name = exchange.header("Test-Caller");
        if (name != null) {
            String role = exchange.header("Test-Role");
            exchange.authenticated(new Caller(name, "session", role == null ? Set.of() : Set.of(role)));
        }
    }

    int port() {
        return app.port();
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .method(method, body)
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals("application/problem+json", header(answer, "Content-Type"));
        JsonNode problem = JsonMapper.shared().readTree(answer.body());
        assertEquals(code, problem.get("code").asString());
        assertEquals(header(answer, "X-Request-Id"), problem.get("requestId").asString());
    }

    static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("(no " + name + ")");
    }

    @Override
    public void close() {
        app.stop();
    }
}
