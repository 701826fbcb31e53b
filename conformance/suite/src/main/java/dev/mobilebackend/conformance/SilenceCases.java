// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.write;

/** Clients that fall silent in the middle of a body, for as long as the container waits for them. */
final class SilenceCases {

    private static final String HANGS_UP = "Undertow hangs up on a connection that has been silent for too long";

    private static final String THROWS_AWAY =
            "Tomcat throws away what was answered once it cannot read the rest of the body";

    private SilenceCases() {}

    static Cases all() {
        var cases = new Cases("silence");
        cases.on("waits once for a body that stays away", (request, response) -> request.getInputStream()
                        .readAllBytes())
                .method("POST")
                .with("Connection", "keep-alive")
                .talk(SilenceCases::halfABody)
                .refused(408, "request-timeout")
                .field("Connection", "close")
                .detailed("the body came too slowly")
                .orNothing()
                .endsWhole()
                .since(HANGS_UP);
        cases.on("waits once for a body that another thread reads", (request, response) -> {
                    var async = request.startAsync();
                    async.start(() -> Handlers.run(
                            () -> async.getRequest().getInputStream().readAllBytes()));
                })
                .method("POST")
                .with("Connection", "keep-alive")
                .talk(SilenceCases::halfABody)
                .refused(408, "request-timeout")
                .field("Connection", "close")
                .detailed("the body came too slowly")
                .orNothing()
                .endsWhole()
                .since(HANGS_UP);
        cases.on("waits once for a body that a listener reads", (request, response) -> {
                    NonBlockingCases.read(request, response, NonBlockingCases.Step.COMPLETES);
                    request.getAsyncContext().setTimeout(0);
                })
                .method("POST")
                .with("Connection", "keep-alive")
                .talk(SilenceCases::halfABody)
                .refused(408, "request-timeout")
                .orNothing()
                .endsWhole()
                .since(HANGS_UP);
        cases.on("does not wait for long for a body that nobody reads", (request, response) -> write(response, "fine"))
                .method("POST")
                .with("Connection", "keep-alive")
                .talk(SilenceCases::halfABody)
                .answers(200, "fine");
        cases.off("does not wait for long for a body that is refused")
                .undeclared()
                .method("POST")
                .with("Connection", "keep-alive")
                .talk(SilenceCases::halfABody)
                .refused(404, "not-found")
                .refused(408, "request-timeout")
                .endsWhole()
                .since(THROWS_AWAY);
        return cases;
    }

    private static Reply halfABody(Wire wire, Case.Request request) throws Exception {
        wire.send(request.headWith("Content-Length: 1000\r\n"));
        wire.send("half");
        Reply reply = wire.answer(false);
        return wire.isEnded() ? reply : Reply.NOTHING;
    }
}
