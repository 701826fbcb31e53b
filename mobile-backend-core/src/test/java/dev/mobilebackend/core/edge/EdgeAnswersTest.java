// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Routes;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpStatus;
import io.javalin.http.RedirectResponse;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeAnswersTest {

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(EdgeAnswersTest::declare, EdgeAnswersTest::serve);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void declare(Routes routes) {
        routes.open(GET, "/halfway-async").open(GET, "/halfway-future").open(GET, "/redirects");
        routes.open(GET, "/resets").open(GET, "/fails-with-headers").open(GET, "/redirect-thrown");
    }

    private static void serve(JavalinConfig config) {
        config.jetty.modifyServletContextHandler(handler -> {
            var halfway = new ServletHolder(new HalfwayAsync());
            halfway.setAsyncSupported(true);
            handler.addServlet(halfway, "/halfway-async");
        });
        config.routes.get(
                "/halfway-future",
                context -> context.future(() -> CompletableFuture.supplyAsync(() -> {
                    writeHalf(context.res());
                    throw new IllegalStateException("too late");
                })));
        config.routes.get("/redirects", context -> context.redirect("/elsewhere", HttpStatus.SEE_OTHER));
        config.routes.get("/redirect-thrown", context -> {
            context.header("Location", "/elsewhere");
            throw new RedirectResponse(HttpStatus.SEE_OTHER);
        });
        config.routes.get("/resets", context -> {
            context.res().setHeader("Stale", "yes");
            context.res().reset();
            context.result("fresh");
        });
        config.routes.get("/fails-with-headers", context -> {
            HttpServletResponse response = context.res();
            response.setHeader("ETag", "\"1\"");
            response.setHeader("Location", "/made");
            response.setHeader("Content-Disposition", "attachment");
            response.setDateHeader("Last-Modified", 0);
            response.addCookie(new Cookie("name", "value"));
            response.setHeader("Content-Language", "en");
            response.setHeader("Allow", "GET");
            response.setHeader("Access-Control-Allow-Origin", "https://app.example");
            throw Problem.UNAVAILABLE.header("Retry-After", "7").exception();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/halfway-async", "/halfway-future"})
    void cutsTheConnectionWhenAnAsyncAnswerFailsHalfway(String path) {
        assertThrows(IOException.class, () -> server.get(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/redirects", "/redirect-thrown"})
    void letsARedirectOfTheFrameworkPass(String path) throws Exception {
        HttpResponse<String> answer = server.get(path);

        assertEquals(303, answer.statusCode());
        assertEquals("/elsewhere", header(answer, "Location"));
    }

    private static void writeHalf(ServletResponse response) {
        try {
            response.getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class HalfwayAsync extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            var async = request.startAsync();
            async.start(() -> {
                writeHalf(async.getResponse());
                Edge.fail(request, new IllegalStateException("too late"));
                async.complete();
            });
        }
    }
}
