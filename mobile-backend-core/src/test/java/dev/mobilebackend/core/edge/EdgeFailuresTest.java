// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mobilebackend.core.problem.Problem;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.Enumeration;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures planted in each part of the edge itself: every one ends in a bare problem that says nothing of it. */
class EdgeFailuresTest {

    private static final String PLANTED = "planted secret";

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(
                EdgeFailuresTest::plant,
                routes -> routes.open(GET, "/fine")
                        .open(GET, "/unwritable")
                        .open(GET, "/refused")
                        .open(GET, "/error")
                        .open(GET, "/condition")
                        .access(exchange -> {
                            throw new IllegalStateException(PLANTED);
                        }),
                config -> config.routes
                        .get("/fine", context -> context.result("fine"))
                        .get("/condition", context -> context.result("never"))
                        .get("/refused", context -> {
                            throw Problem.CONFLICT.exception();
                        })
                        .get("/error", context -> {
                            throw new StackOverflowError(PLANTED);
                        })
                        .get("/unwritable", context -> {
                            throw Problem.CONFLICT
                                    .with("member", new Unwritable())
                                    .exception();
                        }));
    }

    private static void plant(JavalinConfig config) {
        Filter filter = (request, response, chain) -> chain.doFilter(
                new Planted((HttpServletRequest) request),
                new PlantedAnswer((HttpServletRequest) request, (HttpServletResponse) response));
        config.jetty.modifyServletContextHandler(
                handler -> handler.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"getRequestURI", "getRemoteAddr", "isSecure", "getMethod"})
    void aRequestThatCannotBeRead(String call) throws Exception {
        assertBare(server.get("/fine", "Fail-In", call));
    }

    @ParameterizedTest
    @ValueSource(strings = {"getContentLengthLong", "getQueryString", "addHeader"})
    void aStepThatFails(String call) throws Exception {
        assertBare(server.get("/fine", "Fail-In", call));
    }

    @Test
    void aConditionThatFails() throws Exception {
        assertBare(server.get("/condition"));
    }

    @Test
    void anErrorThatIsNoException() throws Exception {
        assertBare(server.get("/error"));
    }

    @Test
    void aProblemThatCannotBeWritten() throws Exception {
        assertBare(server.get("/unwritable"));
    }

    @Test
    void anAnswerThatCannotBeFinished() throws Exception {
        HttpResponse<String> answer = server.get("/refused", "Fail-In", "setContentLength");

        assertBare(answer);
        assertEquals("no-referrer", header(answer, "Referrer-Policy"));
    }

    @Test
    void aLanguageThatCannotBeFoundOut() throws Exception {
        HttpResponse<String> answer = server.get("/refused", "Fail-In", "getHeaders", "Accept-Language", "de");

        assertProblem(answer, 409, "conflict");
        assertEquals("en", header(answer, "Content-Language"));
    }

    @Test
    void problemsSpeakTheLanguageOfTheClient() throws Exception {
        HttpResponse<String> german = server.get("/refused", "Accept-Language", "it, de-CH;q=0.8, en;q=0.5");
        HttpResponse<String> ofTheContainer =
                server.send("TRACE", "/fine", BodyPublishers.noBody(), "Accept-Language", "ja");

        assertProblem(german, 409, "conflict");
        assertEquals("de", header(german, "Content-Language"));
        assertEquals("Accept-Language", header(german, "Vary"));
        assertEquals("ja", header(ofTheContainer, "Content-Language"));
        assertEquals(true, german.body().contains("Die Anfrage passt nicht zum jetzigen Stand."), german.body());
    }

    private static void assertBare(HttpResponse<String> answer) {
        assertProblem(answer, 500, "internal-error");
        assertFalse(answer.body().contains(PLANTED), answer.body());
        assertFalse(answer.body().contains("Exception"), answer.body());
        assertEquals("no-store", header(answer, "Cache-Control"));
    }

    private static final class Unwritable {

        @Override
        public String toString() {
            throw new IllegalStateException(PLANTED);
        }
    }

    private static final class Planted extends HttpServletRequestWrapper {

        private final String failing;

        Planted(HttpServletRequest request) {
            super(request);
            String named = request.getHeader("Fail-In");
            failing = named == null ? "" : named;
        }

        private void fail(String call) {
            if (call.equals(failing)) {
                throw new IllegalStateException(PLANTED);
            }
        }

        @Override
        public String getRequestURI() {
            fail("getRequestURI");
            return super.getRequestURI();
        }

        @Override
        public String getRemoteAddr() {
            fail("getRemoteAddr");
            return super.getRemoteAddr();
        }

        @Override
        public boolean isSecure() {
            fail("isSecure");
            return super.isSecure();
        }

        @Override
        public String getMethod() {
            fail("getMethod");
            return super.getMethod();
        }

        @Override
        public long getContentLengthLong() {
            fail("getContentLengthLong");
            return super.getContentLengthLong();
        }

        @Override
        public String getContentType() {
            fail("getContentType");
            return super.getContentType();
        }

        @Override
        public String getQueryString() {
            fail("getQueryString");
            return super.getQueryString();
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            fail("getHeaders");
            return super.getHeaders(name);
        }
    }

    private static final class PlantedAnswer extends HttpServletResponseWrapper {

        private final String failing;
        private boolean failed;

        PlantedAnswer(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            String named = request.getHeader("Fail-In");
            failing = named == null ? "" : named;
        }

        /** Once: what is written afterwards must not fail for the same reason. */
        private void fail(String call) {
            if (call.equals(failing) && !failed) {
                failed = true;
                throw new IllegalStateException(PLANTED);
            }
        }

        @Override
        public void setContentLength(int length) {
            fail("setContentLength");
            super.setContentLength(length);
        }

        @Override
        public void addHeader(String name, String value) {
            if (name.equals("X-Content-Type-Options")) {
                fail("addHeader");
            }
            super.addHeader(name, value);
        }
    }
}
