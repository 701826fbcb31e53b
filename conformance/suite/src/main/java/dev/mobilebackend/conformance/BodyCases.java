// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.note;
import static dev.mobilebackend.conformance.Handlers.pattern;
import static dev.mobilebackend.conformance.Handlers.write;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Request bodies, as they are read, not read and never sent. */
final class BodyCases {

    private static final byte[] TOO_LARGE = pattern(Application.MAXIMUM_BODY + 1);

    private static final Behaviour ECHO = (request, response) ->
            response.getOutputStream().write(request.getInputStream().readAllBytes());

    private static final Behaviour ECHO_CHARACTERS = (request, response) -> {
        response.setContentType("text/plain");
        request.getReader().transferTo(response.getWriter());
    };

    private BodyCases() {}

    static Cases all() {
        var cases = new Cases("bodies");
        read(cases);
        characters(cases);
        unread(cases);
        tooLarge(cases);
        broken(cases);
        ambiguous(cases);
        return cases;
    }

    private static void read(Cases cases) {
        cases.on("reads a body", ECHO).post("text", "text/plain").answers(200, "text");
        cases.on("reads a chunked body", ECHO)
                .post("chunked text", "text/plain")
                .chunked()
                .answers(200, "chunked text");
        cases.on("reads an empty body", ECHO).post("", "text/plain").answers(200, "");
        cases.on("reads an empty chunked body", ECHO)
                .post("", "text/plain")
                .chunked()
                .answers(200, "");
        cases.on("reads the largest body", ECHO)
                .post(pattern(Application.MAXIMUM_BODY))
                .answers(200, pattern(Application.MAXIMUM_BODY));
        cases.on("reads the largest chunked body", ECHO)
                .post(pattern(Application.MAXIMUM_BODY))
                .chunked()
                .answers(200, pattern(Application.MAXIMUM_BODY));
        cases.on("reads single bytes", (request, response) -> {
                    var in = request.getInputStream();
                    for (int next = in.read(); next >= 0; next = in.read()) {
                        response.getOutputStream().write(next);
                    }
                    write(response, " " + in.read() + " " + in.isFinished());
                })
                .post("bytes", "text/plain")
                .answers(200, "bytes -1 true");
        cases.on("skips and reads the rest", (request, response) -> {
                    request.getInputStream().skipNBytes(5);
                    response.getOutputStream().write(request.getInputStream().readAllBytes());
                })
                .post("skip me", "text/plain")
                .answers(200, "me");
        cases.on("reads where there is no body", ECHO).method("POST").answers(200, "");
        cases.on("reads the body of a GET", ECHO)
                .post("got", "text/plain")
                .method("GET")
                .answers(200, "got");
        cases.on("reads the body of a PATCH", ECHO)
                .post("patched", "text/plain")
                .method("PATCH")
                .answers(200, "patched");
        cases.on("reads the body of a DELETE", ECHO)
                .post("deleted", "text/plain")
                .method("DELETE")
                .answers(200, "deleted");
        cases.on("reads a body on another thread", (request, response) -> {
                    var async = request.startAsync();
                    Handlers.onThread(() -> {
                        async.getResponse()
                                .getOutputStream()
                                .write(async.getRequest().getInputStream().readAllBytes());
                        async.complete();
                    });
                })
                .post(pattern(15_000))
                .chunked()
                .answers(200, pattern(15_000));
        cases.on("keeps trailers out of the header", (request, response) -> {
                    byte[] body = request.getInputStream().readAllBytes();
                    write(
                            response,
                            body.length + " " + request.getHeader("Test-Caller") + " " + request.getHeader("Late"));
                })
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Transfer-Encoding: chunked\r\nTrailer: Late\r\n"));
                    wire.send("4\r\ntext\r\n0\r\nLate: yes\r\nTest-Caller: admin\r\n\r\n");
                    return wire.answer(false);
                })
                .answers(200, "4 null null");
        cases.on("is asked to go on before the body", ECHO)
                .method("POST")
                .with("Expect", "100-continue")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 4\r\n"));
                    wire.awaitText("100 ");
                    wire.awaitText("\r\n\r\n");
                    wire.send("text");
                    return wire.answer(false);
                })
                .answers(200, "text");
    }

    private static void characters(Cases cases) {
        cases.on("reads characters in UTF-8 where nothing else is said", ECHO_CHARACTERS)
                .post("grüße", "text/plain")
                .answers(200, "grüße");
        cases.on("reads JSON in UTF-8", ECHO_CHARACTERS)
                .post("\"ü\"", "application/json")
                .answers(200, "\"ü\"");
        cases.on("reads characters in the charset of the body", ECHO_CHARACTERS)
                .post("ü".getBytes(StandardCharsets.ISO_8859_1))
                .with("Content-Type", "text/plain; charset=iso-8859-1")
                .answers(200, "ü");
        cases.on("reads characters in the charset that the handler sets", (request, response) -> {
                    request.setCharacterEncoding("ISO-8859-1");
                    ECHO_CHARACTERS.serve(request, response);
                })
                .post("ü".getBytes(StandardCharsets.ISO_8859_1))
                .with("Content-Type", "text/plain")
                .answers(200, "ü");
        cases.on("refuses a charset that does not exist", ECHO_CHARACTERS)
                .post("text", "text/plain;charset=klingon")
                .refused(415, "unsupported-media-type");
        cases.on("refuses a charset that is not even a name", ECHO_CHARACTERS)
                .post("text", "text/plain;charset=\"?!\"")
                .refused(415, "unsupported-media-type");
        cases.on("reads a stream or characters but not both", (request, response) -> {
                    request.getInputStream();
                    request.getReader();
                })
                .post("text", "text/plain")
                .refused(500, "internal-error");
        cases.on("reads characters or a stream but not both", (request, response) -> {
                    request.getReader();
                    request.getInputStream();
                })
                .post("text", "text/plain")
                .refused(500, "internal-error");
    }

    private static void unread(Cases cases) {
        cases.on("leaves a body unread", (request, response) -> write(response, "answered"))
                .post("unread", "text/plain")
                .answers(200, "answered");
        cases.on("reads the next request after a body that nobody read", (request, response) -> write(response, "fine"))
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 41\r\n")
                            + "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n");
                    wire.answer(false);
                    wire.send(request.headWith("Content-Length: 0\r\n"));
                    return wire.answer(false);
                })
                .answers(200, "fine")
                .admittedOften();
        cases.on("refuses and reads the next request after the body", (request, response) -> response.sendError(409))
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 41\r\n"));
                    wire.send("GET /smuggled HTTP/1.1\r\nHost: localhost\r\n");
                    wire.answer(false);
                    wire.send(request.headWith("Content-Length: 0\r\n"));
                    return wire.answer(false);
                })
                .refused(409, "conflict")
                .admittedOften();
        cases.on("answers many requests over one connection", ECHO)
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    for (int i = 0; i < 9; i++) {
                        wire.send(request.headWith("Content-Length: 1\r\n") + i);
                        if (!wire.answer(false).text().equals(Integer.toString(i))) {
                            return Reply.NOTHING;
                        }
                    }
                    wire.send(request.headWith("Content-Length: 4\r\n") + "last");
                    return wire.answer(false);
                })
                .answers(200, "last")
                .admittedOften();
        cases.on("answers requests that were sent at once", ECHO)
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 3\r\n") + "one"
                            + request.headWith("Content-Length: 3\r\n") + "two");
                    wire.answer(false);
                    return wire.answer(false);
                })
                .answers(200, "two")
                .admittedOften();
    }

    private static void tooLarge(Cases cases) {
        cases.on("refuses a body that says it is too large", ECHO)
                .post(TOO_LARGE)
                .refused(413, "body-too-large");
        cases.on("refuses a body that says it is too large before it comes", ECHO)
                .method("POST")
                .with("Expect", "100-continue")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 50000000000\r\n"));
                    return wire.answerAtOnce();
                })
                .refused(413, "body-too-large")
                .beforeTheEdge()
                .since("Undertow has a limit of its own for servlets that take parts, and refuses before any filter");
        cases.off("asks for no body where nothing is declared")
                .undeclared()
                .method("POST")
                .with("Expect", "100-continue")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 100\r\n"));
                    return wire.answerAtOnce();
                })
                .refused(404, "not-found")
                .field("Connection", "close");
        cases.on("asks for no body that nobody reads", (request, response) -> write(response, "fine"))
                .method("POST")
                .with("Expect", "100-continue")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Transfer-Encoding: chunked\r\n"));
                    return wire.answerAtOnce();
                })
                .answers(200, "fine")
                .field("Connection", "close");
        cases.on("refuses a large body that nobody reads", (request, response) -> write(response, "never"))
                .post(TOO_LARGE)
                .refused(413, "body-too-large");
        cases.on("refuses a chunked body that becomes too large", ECHO)
                .post(TOO_LARGE)
                .chunked()
                .refused(413, "body-too-large");
        cases.on("refuses characters that become too many", (request, response) -> {
                    int next = request.getReader().read();
                    while (next >= 0) {
                        next = request.getReader().read();
                    }
                })
                .post(TOO_LARGE)
                .chunked()
                .refused(413, "body-too-large");
        cases.on("says why it refused a body where the handler says otherwise", (request, response) -> {
                    try {
                        request.getInputStream().readAllBytes();
                    } catch (RuntimeException refused) {
                        response.sendError(400);
                    }
                })
                .post(TOO_LARGE)
                .chunked()
                .refused(413, "body-too-large");
        cases.on("says why it refused a body where the handler fails of it", (request, response) -> {
                    try {
                        request.getReader().transferTo(new StringWriter());
                    } catch (RuntimeException refused) {
                        throw new IllegalArgumentException(Hostile.SECRET);
                    }
                })
                .post(TOO_LARGE)
                .chunked()
                .refused(413, "body-too-large");
        cases.on("says its own where the body is too large for nobody", (request, response) -> response.sendError(409))
                .post(TOO_LARGE)
                .chunked()
                .refused(409, "conflict");
        cases.on("refuses a body that becomes too large on another thread", (request, response) -> {
                    var async = request.startAsync();
                    async.start(() -> Handlers.run(
                            () -> async.getRequest().getInputStream().readAllBytes()));
                })
                .post(TOO_LARGE)
                .chunked()
                .refused(413, "body-too-large");
        cases.on("does not mind a large chunked body that nobody reads", (request, response) -> write(response, "fine"))
                .post(TOO_LARGE)
                .chunked()
                .answers(200, "fine");
    }

    private static void broken(Cases cases) {
        cases.on("refuses chunks that are none", ECHO)
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Transfer-Encoding: chunked\r\n"));
                    wire.send("zz\r\ntext\r\n0\r\n\r\n");
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .detailed("the body ended before it was complete")
                .orNothing()
                .endsWhole()
                .since("Undertow hangs up once it cannot tell where the body ends");
        cases.on("refuses a body that ends early", ECHO)
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 10\r\n"));
                    wire.send("half");
                    wire.endOutput();
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .detailed("the body ended before it was complete")
                .endsWhole();
        cases.on("refuses a body that ends early on another thread", (request, response) -> {
                    var async = request.startAsync();
                    async.start(() -> Handlers.run(
                            () -> async.getRequest().getInputStream().readAllBytes()));
                })
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 10\r\n"));
                    wire.send("half");
                    wire.endOutput();
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .detailed("the body ended before it was complete")
                .endsWhole();
        cases.off("refuses a request with a body that ends early")
                .undeclared()
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 10\r\n"));
                    wire.send("half");
                    wire.endOutput();
                    return wire.answer(false);
                })
                .refused(404, "not-found")
                .endsWhole();
        cases.on("answers a body that ends early and that nobody reads", (request, response) -> write(response, "fine"))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 10\r\n"));
                    wire.send("half");
                    wire.endOutput();
                    return wire.answer(false);
                })
                .answers(200, "fine");
        cases.on("answers chunks that are none and that nobody reads", (request, response) -> write(response, "fine"))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Transfer-Encoding: chunked\r\n"));
                    wire.send("zz\r\ntext\r\n0\r\n\r\n");
                    return wire.answer(false);
                })
                .answers(200, "fine");
        cases.on("answers before the rest of a body has come", (request, response) -> write(response, "fine"))
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 8\r\n") + "half");
                    Reply reply = wire.answer(false);
                    wire.send("more");
                    return reply;
                })
                .answers(200, "fine");
        cases.on("answers in full before the rest of a body has come", (request, response) -> {
                    flush(response, "fine");
                    write(response, ", thanks");
                })
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 8\r\n") + "half");
                    Reply reply = wire.answer(false);
                    wire.send("more");
                    return reply;
                })
                .answers(200, "fine, thanks");
        cases.on("loses its client while it reads", (request, response) -> {
                    note(request, "reading");
                    try {
                        request.getInputStream().readAllBytes();
                        note(request, "read");
                    } catch (IOException | RuntimeException gone) {
                        note(request, "gone");
                        throw gone;
                    }
                })
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 1000\r\n"));
                    wire.send("half");
                    Witness.of(request.id()).await(0, 1);
                    wire.vanish();
                    return Reply.NOTHING;
                })
                .clientGone()
                .notes("reading", "gone")
                .endsAnyhow()
                .since("the problem that it is answered with may still find room in a buffer");
        cases.on("loses its client while it writes", (request, response) -> {
                    note(request, "writing");
                    try {
                        for (int i = 0; i < 2000; i++) {
                            response.getOutputStream().write(pattern(100_000));
                        }
                        note(request, "written");
                    } catch (IOException gone) {
                        note(request, "gone");
                        throw gone;
                    }
                })
                .talk((wire, request) -> {
                    wire.send(request.head());
                    wire.awaitText("abc");
                    wire.vanish();
                    return Reply.NOTHING;
                })
                .clientGone()
                .notes("writing", "gone");
        cases.on("loses its client while it writes characters", (request, response) -> {
                    response.setContentType("text/plain");
                    for (int i = 0; i < 2000 && !response.getWriter().checkError(); i++) {
                        response.getWriter().write("abc".repeat(30_000));
                    }
                    note(request, Boolean.toString(response.getWriter().checkError()));
                })
                .talk((wire, request) -> {
                    wire.send(request.head());
                    wire.awaitText("abc");
                    wire.vanish();
                    return Reply.NOTHING;
                })
                .clientGone()
                .notes("true");
        cases.on("loses its client that hides the failure", (request, response) -> {
                    for (int i = 0; i < 2000; i++) {
                        try {
                            response.getOutputStream().write(pattern(100_000));
                            response.flushBuffer();
                        } catch (IOException gone) {
                            note(request, "gone");
                            return;
                        }
                    }
                })
                .talk((wire, request) -> {
                    wire.send(request.head());
                    wire.awaitText("abc");
                    wire.vanish();
                    return Reply.NOTHING;
                })
                .clientGone()
                .notes("gone");
    }

    private static void ambiguous(Cases cases) {
        cases.on("never sees two lengths", (request, response) -> write(response, "never"))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 4\r\nContent-Length: 5\r\n") + "text");
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .beforeTheEdge();
        cases.on("never sees a length that is no number", (request, response) -> write(response, "never"))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: four\r\n") + "text");
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .beforeTheEdge();
        cases.on("never reads past chunks when a length is given too", (request, response) -> {
                    byte[] body = request.getInputStream().readAllBytes();
                    write(response, Arrays.toString(body));
                })
                .method("POST")
                .with("Connection", "keep-alive")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n")
                            + "1\r\na\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .orAnswers(200, "[97]")
                .beforeTheEdge()
                .since("RFC 9112 section 6.3 lets a server refuse it, or read the chunks and close the connection");
    }
}
