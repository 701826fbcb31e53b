// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.write;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Forwards and includes, which never leave the edge's response. */
final class DispatchCases {

    private DispatchCases() {}

    static Cases all() {
        var cases = new Cases("dispatches");
        forwards(cases);
        includes(cases);
        return cases;
    }

    private static Behaviour forward(String path) {
        return (request, response) -> request.getRequestDispatcher(path).forward(request, response);
    }

    private static void include(HttpServletRequest request, HttpServletResponse response, String path)
            throws Exception {
        request.getRequestDispatcher(path).include(request, response);
    }

    private static void forwards(Cases cases) {
        cases.on("forwards", forward("/case/target/path")).answers(200, "/case/target/path FORWARD");
        cases.on("forwards to a writer", forward("/case/target/writer"))
                .answers(200, "tärget")
                .field("Content-Type", Handlers.TEXT);
        cases.on("forwards with a query", forward("/case/target/parameter?a=new"))
                .query("a=old&b=kept")
                .answers(200, "a=[new, old] b=[kept]");
        cases.on("forwards without what was written before", (request, response) -> {
                    write(response, "before");
                    forward("/case/target/text").serve(request, response);
                })
                .answers(200, "target");
        cases.on("writes nothing after a forward", (request, response) -> {
                    forward("/case/target/text").serve(request, response);
                    write(response, " after");
                })
                .answers(200, "target");
        cases.on("cannot forward once the answer has begun", (request, response) -> {
                    flush(response, "begun");
                    forward("/case/target/text").serve(request, response);
                })
                .cutOff("begun");
        cases.on("forwards to what throws", forward("/case/target/throws")).refused(500, "internal-error");
        cases.on("forwards to what refuses", forward("/case/target/refuses")).refused(409, "conflict");
        cases.on("forwards to what sends an error", forward("/case/target/error"))
                .refused(404, "not-found");
        cases.on("forwards to what sets a status", forward("/case/target/status"))
                .refused(403, "forbidden")
                .without("Target");
        cases.on("forwards to what fails halfway", forward("/case/target/halfway"))
                .cutOff("half");
        cases.on("forwards an error status", (request, response) -> {
                    response.setStatus(404);
                    forward("/case/target/text").serve(request, response);
                })
                .refused(404, "not-found");
        cases.on("throws after a forward", (request, response) -> {
                    forward("/case/target/text").serve(request, response);
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .answers(200, "target");
        cases.on("forwards HEAD", forward("/case/target/text")).method("HEAD").answers(200, "");
        cases.on("forwards to what goes async", forward("/case/target/async")).answers(200, "target");
        cases.on("forwards through wrappers", forward("/case/target/text"))
                .with("Test-Wrap", "yes")
                .answers(200, "target");
        cases.off("reaches no target by its path")
                .target("/case/target/text")
                .undeclared()
                .refused(404, "not-found");
    }

    private static void includes(Cases cases) {
        cases.on("includes", (request, response) -> {
                    write(response, "(");
                    include(request, response, "/case/target/text");
                    write(response, ")");
                })
                .answers(200, "(target)");
        cases.on("includes twice", (request, response) -> {
                    include(request, response, "/case/target/text");
                    include(request, response, "/case/target/text");
                })
                .answers(200, "targettarget");
        cases.on("includes what sets fields", (request, response) -> include(request, response, "/case/target/fields"))
                .answers(200, "target")
                .without("Target");
        cases.on("includes what sends an error", (request, response) -> {
                    write(response, "fine");
                    include(request, response, "/case/target/error");
                })
                .answers(200, "fine");
        cases.on("includes what throws", (request, response) -> {
                    write(response, Hostile.SECRET);
                    include(request, response, "/case/target/throws");
                })
                .refused(500, "internal-error");
        cases.on("includes what refuses", (request, response) -> include(request, response, "/case/target/refuses"))
                .refused(409, "conflict");
        cases.on(
                        "includes what fails halfway",
                        (request, response) -> include(request, response, "/case/target/halfway"))
                .cutOff("half")
                .refused(500, "internal-error")
                .endsAnyhow()
                .since("Undertow sends off nothing that an included servlet flushes, so a problem is still in time");
    }
}
