// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.onThread;
import static dev.mobilebackend.conformance.Handlers.write;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.AsyncContext;
import java.util.Arrays;
import java.util.Map;

/** What forwards, includes and dispatches lead to; no route of its own. */
final class Targets {

    private Targets() {}

    static Map<String, Behaviour> all() {
        return Map.ofEntries(
                Map.entry(Application.ERROR_PAGE, (request, response) -> write(response, Hostile.SECRET)),
                Map.entry("/case/target/text", (request, response) -> write(response, "target")),
                Map.entry(
                        "/case/target/path",
                        (request, response) ->
                                write(response, request.getRequestURI() + " " + request.getDispatcherType())),
                Map.entry(
                        "/case/target/parameter",
                        (request, response) -> write(
                                response,
                                "a=" + Arrays.toString(request.getParameterValues("a")) + " b="
                                        + Arrays.toString(request.getParameterValues("b")))),
                Map.entry("/case/target/throws", (request, response) -> {
                    throw new IllegalStateException(Hostile.SECRET);
                }),
                Map.entry("/case/target/refuses", (request, response) -> {
                    throw Problem.CONFLICT.exception();
                }),
                Map.entry("/case/target/error", (request, response) -> response.sendError(404, Hostile.SECRET)),
                Map.entry("/case/target/status", (request, response) -> {
                    response.setStatus(403);
                    response.setHeader("Target", "yes");
                    write(response, "target");
                }),
                Map.entry("/case/target/fields", (request, response) -> {
                    response.setHeader("Target", "yes");
                    write(response, "target");
                }),
                Map.entry("/case/target/writer", (request, response) -> {
                    response.setContentType("text/plain");
                    response.getWriter().write("tärget");
                }),
                Map.entry("/case/target/async", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        write(async.getResponse(), "target");
                        async.complete();
                    });
                }),
                Map.entry("/case/target/halfway", (request, response) -> {
                    flush(response, "half");
                    throw new IllegalStateException(Hostile.SECRET);
                }));
    }
}
