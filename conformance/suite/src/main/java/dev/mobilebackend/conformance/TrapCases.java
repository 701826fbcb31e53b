// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.onThread;
import static dev.mobilebackend.conformance.Handlers.write;

import dev.mobilebackend.core.exchange.Exchange;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;

/** The twelve ways in which containers have been seen to lose, leak or change an answer, by name. */
final class TrapCases {

    private static final String MULTIPART = "multipart/form-data; boundary=b";
    private static final String PART = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";

    private TrapCases() {}

    static Cases all() {
        var cases = new Cases("traps");
        cases.on("trap 1 what is finished on completion is lost on Jetty", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        async.getResponse().setContentType("text/plain");
                        async.getResponse().getWriter().write("not lost");
                        async.complete();
                    });
                })
                .answers(200, "not lost")
                .field("Content-Length", "8");
        cases.on("trap 2 startAsync without arguments goes past the wrapper", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        var answer = (HttpServletResponse) async.getResponse();
                        answer.setStatus(500);
                        write(answer, Hostile.SECRET);
                        async.complete();
                    });
                })
                .refused(500, "internal-error");
        cases.on("trap 3 parts are silently none once the body was read", (request, response) -> {
                    request.getInputStream().readAllBytes();
                    write(response, "" + request.getParts().size());
                })
                .post(PART, MULTIPART)
                .refused(500, "internal-error");
        cases.on("trap 3 parameters are none once the body was read", (request, response) -> {
                    request.getInputStream().readAllBytes();
                    write(response, "" + request.getParameter("a"));
                })
                .post(PART, MULTIPART)
                .answers(200, "null");
        cases.on(
                        "trap 3 the edge reads no body first",
                        (request, response) -> write(
                                response,
                                request.getParameter("a") + request.getParts().size()))
                .post(PART, MULTIPART)
                .answers(200, "11");
        cases.on("trap 4 sendError commits the container's page at once", (request, response) -> {
                    response.sendError(500, Hostile.SECRET);
                    response.getOutputStream().flush();
                })
                .refused(500, "internal-error");
        cases.at("/framework/trap-5", "trap 5 the framework writes its own text for what a handler throws")
                .refused(500, "internal-error");
        cases.at("/framework/trap-6", "trap 6 the framework has a shape of its own for errors that it knows")
                .refused(409, "conflict")
                .field("Content-Type", "application/problem+json");
        cases.off("trap 7 a path without a servlet never enters a filter").refused(404, "not-found");
        cases.on("trap 8 isCommitted says nothing after the handler", (request, response) -> {
                    write(response, "small");
                    response.setStatus(500);
                })
                .refused(500, "internal-error");
        cases.at("/framework/trap-9", "trap 9 the framework's stream does not flush")
                .talk((wire, request) -> {
                    wire.send(request.head());
                    wire.awaitText("first");
                    Witness.of(request.id()).release();
                    wire.awaitText(" second");
                    return Reply.NOTHING;
                })
                .streamed();
        cases.at("/framework/trap-10", "trap 10 the context of a thread is lost on the future's")
                .signedIn()
                .as("ben")
                .answers(200, "ben");
        cases.on("trap 11 the container's request id is a counter", (request, response) -> {
                    String ours = Exchange.of(request).facts().requestId();
                    write(response, ours.matches("[0-9a-f-]{36}") + " " + ours.equals(request.getRequestId()));
                })
                .withoutId()
                .answers(200, "true false");
        cases.on(
                        "trap 12 the container's own page shows what was thrown",
                        (request, response) -> write(response, "never"))
                .with("Test-Neighbour", "throws")
                .refused(500, "internal-error");
        return cases;
    }
}
