// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.onThread;
import static dev.mobilebackend.conformance.Handlers.write;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a framework serves by its own means: handlers of Javalin, controllers of Spring MVC, plain servlets where there
 * is no framework. A container's test serves the paths below as the names of the cases say.
 */
public final class FrameworkCases {

    /** What a handler must never give away; it throws and writes it. */
    public static final String SECRET = Hostile.SECRET;

    private FrameworkCases() {}

    static Cases all() {
        var cases = new Cases("framework");
        cases.at("/framework/text", "answers a text").answers(200, "text");
        cases.at("/framework/throws", "throws an exception with a secret").refused(500, "internal-error");
        cases.at("/framework/refuses", "throws a problem")
                .refused(409, "conflict")
                .detailed("somebody was first");
        cases.at("/framework/conflict", "throws the framework's own conflict with a secret")
                .refused(409, "conflict");
        cases.at("/framework/page", "writes a secret under status 500").refused(500, "internal-error");
        cases.at("/framework/sends", "sends error 503 with a secret").refused(503, "unavailable");
        cases.at("/framework/unserved", "has no handler for a declared path").refused(404, "not-found");
        cases.at("/framework/future", "answers a text by a future").answers(200, "later");
        cases.at("/framework/failed-future", "fails by a future with a secret").refused(500, "internal-error");
        cases.at("/framework/refused-future", "refuses by a future").refused(409, "conflict");
        cases.at("/framework/endless-future", "never ends its future")
                .refused(503, "unavailable")
                .refused(500, "internal-error")
                .since("Javalin answers a timeout by itself, with 500");
        cases.at("/framework/caller", "says who calls on the future's thread")
                .signedIn()
                .as("ann")
                .answers(200, "ann");
        cases.at("/framework/form", "reads the field a of a form")
                .post("a=1", Handlers.FORM)
                .answers(200, "1");
        cases.at("/framework/body", "answers with the body")
                .post("{\"a\":\"ü\"}", "application/json")
                .answers(200, "{\"a\":\"ü\"}");
        cases.at("/framework/large-body", "reads a body that becomes too large")
                .post(Handlers.pattern(Application.MAXIMUM_BODY + 1))
                .with("Content-Type", "text/plain")
                .chunked()
                .refused(413, "body-too-large");
        cases.at("/framework/stream", "flushes before it goes on")
                .talk((wire, request) -> {
                    wire.send(request.head());
                    wire.awaitText("first");
                    Witness.of(request.id()).release();
                    wire.awaitText(" second");
                    return Reply.NOTHING;
                })
                .streamed();
        cases.at("/framework/halfway", "flushes and throws").cutOff("half");
        cases.at("/framework/text-again", "answers HEAD").method("HEAD").answers(200, "");
        return cases;
    }

    /** What {@code /framework/stream} does. */
    public static void stream(HttpServletRequest request, HttpServletResponse response) throws Exception {
        flush(response, "first");
        Witness.of(request).awaitRelease();
        flush(response, " second");
    }

    /** What {@code /framework/halfway} does. */
    public static void halfway(HttpServletResponse response) throws Exception {
        flush(response, "half");
        throw new IllegalStateException(SECRET);
    }

    /** Who calls, found wherever the request is at hand. */
    public static String caller(ServletRequest request) {
        return Exchange.of(request).caller().accountId();
    }

    static Map<String, Behaviour> plainly() {
        var plain = new HashMap<String, Behaviour>();
        plain.put("/framework/text", (request, response) -> write(response, "text"));
        plain.put("/framework/text-again", (request, response) -> write(response, "text"));
        plain.put("/framework/throws", (request, response) -> {
            throw new IllegalStateException(SECRET);
        });
        plain.put("/framework/refuses", (request, response) -> {
            throw Problem.CONFLICT.detail("somebody was first").exception();
        });
        plain.put("/framework/conflict", (request, response) -> response.sendError(409, SECRET));
        plain.put("/framework/page", (request, response) -> {
            response.setStatus(500);
            write(response, SECRET);
        });
        plain.put("/framework/sends", (request, response) -> response.sendError(503, SECRET));
        plain.put("/framework/unserved", (request, response) -> response.sendError(404));
        plain.put(
                "/framework/future",
                (request, response) -> later(request, async -> write(async.getResponse(), "later")));
        plain.put(
                "/framework/failed-future",
                (request, response) -> later(request, async -> {
                    throw new IllegalStateException(SECRET);
                }));
        plain.put(
                "/framework/refused-future",
                (request, response) -> later(request, async -> {
                    throw Problem.CONFLICT.exception();
                }));
        plain.put("/framework/endless-future", (request, response) -> request.startAsync()
                .setTimeout(Handlers.SOON));
        plain.put(
                "/framework/caller",
                (request, response) -> later(request, async -> write(async.getResponse(), caller(async.getRequest()))));
        plain.put("/framework/form", (request, response) -> write(response, request.getParameter("a")));
        Behaviour echo = (request, response) ->
                response.getOutputStream().write(request.getInputStream().readAllBytes());
        plain.put("/framework/body", echo);
        plain.put("/framework/large-body", echo);
        plain.put("/framework/stream", FrameworkCases::stream);
        plain.put("/framework/halfway", (request, response) -> halfway(response));
        plain.put("/framework/trap-5", need(plain, "/framework/throws"));
        plain.put("/framework/trap-6", need(plain, "/framework/conflict"));
        plain.put("/framework/trap-9", FrameworkCases::stream);
        plain.put("/framework/trap-10", need(plain, "/framework/caller"));
        return plain;
    }

    private static Behaviour need(Map<String, Behaviour> all, String path) {
        return Objects.requireNonNull(all.get(path));
    }

    private interface Later {
        void run(AsyncContext async) throws Exception;
    }

    private static void later(HttpServletRequest request, Later work) {
        AsyncContext async = request.startAsync();
        onThread(() -> {
            try {
                work.run(async);
            } catch (Exception failure) {
                Edge.fail(async.getRequest(), failure);
            }
            async.complete();
        });
    }
}
