// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.TEXT;
import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.pattern;
import static dev.mobilebackend.conformance.Handlers.write;

import jakarta.servlet.http.Cookie;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Answers that a handler gives before it returns. */
final class AnswerCases {

    private AnswerCases() {}

    static Cases all() {
        var cases = new Cases("answers");
        streams(cases);
        writers(cases);
        lengths(cases);
        statuses(cases);
        heads(cases);
        redirects(cases);
        fields(cases);
        resets(cases);
        return cases;
    }

    private static void streams(Cases cases) {
        cases.on("writes to the stream", (request, response) -> {
                    response.setContentType("text/plain;charset=utf-8");
                    write(response, "grüße");
                })
                .answers(200, "grüße")
                .field("Content-Type", TEXT)
                .field("Content-Length", "7");
        cases.on("writes single bytes", (request, response) -> {
                    for (byte b : pattern(300)) {
                        response.getOutputStream().write(b);
                    }
                })
                .answers(200, pattern(300));
        cases.on("prints to the stream", (request, response) -> {
                    response.getOutputStream().print("text ");
                    response.getOutputStream().print(7);
                    response.getOutputStream().println(true);
                })
                .answers(200, "text 7true\r\n");
        cases.on("writes nothing at all", (request, response) -> {})
                .answers(200, "")
                .field("Content-Length", "0");
        cases.on("writes after a flush", (request, response) -> {
                    flush(response, "one ");
                    write(response, "two");
                })
                .answers(200, "one two");
        cases.on("flushes the stream again and again", (request, response) -> {
                    for (int i = 0; i < 20; i++) {
                        write(response, i + ",");
                        response.getOutputStream().flush();
                    }
                })
                .answers(200, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,");
        cases.on("flushes before anything is written", (request, response) -> {
                    response.setStatus(202);
                    response.flushBuffer();
                    write(response, "late");
                })
                .answers(202, "late");
        cases.on("closes the stream", (request, response) -> {
                    write(response, "closed");
                    response.getOutputStream().close();
                })
                .answers(200, "closed");
        cases.on("drops what follows after the stream is closed", (request, response) -> {
                    write(response, "closed");
                    response.getOutputStream().close();
                    write(response, " too late");
                })
                .answers(200, "closed");
        cases.on("sends a large answer", (request, response) -> {
                    for (int i = 0; i < 100; i++) {
                        response.getOutputStream().write(pattern(26_000));
                    }
                })
                .answers(200, pattern(2_600_000));
        cases.on("sends a large answer of a declared length", (request, response) -> {
                    response.setContentLengthLong(2_600_000);
                    for (int i = 0; i < 100; i++) {
                        response.getOutputStream().write(pattern(26_000));
                    }
                })
                .answers(200, pattern(2_600_000))
                .field("Content-Length", "2600000")
                .without("Transfer-Encoding");
        cases.on("sends a large answer in one piece", (request, response) -> {
                    response.setContentLength(1_000_000);
                    response.getOutputStream().write(pattern(1_000_000));
                })
                .answers(200, pattern(1_000_000))
                .field("Content-Length", "1000000");
        cases.on("lets the client read what is flushed while the handler goes on", (request, response) -> {
                    flush(response, "first");
                    Witness.of(request).awaitRelease();
                    write(response, " second");
                })
                .talk((wire, request) -> {
                    wire.send(request.head());
                    wire.awaitText("first");
                    Witness.of(request.id()).release();
                    wire.awaitText(" second");
                    return Reply.NOTHING;
                })
                .streamed();
    }

    private static void writers(Cases cases) {
        cases.on("writes characters in UTF-8 where nothing else is said", (request, response) -> {
                    response.setContentType("text/plain");
                    response.getWriter().write("grüße €");
                })
                .answers(200, "grüße €")
                .field("Content-Type", TEXT);
        cases.on("writes JSON in UTF-8 without being told", (request, response) -> {
                    response.setContentType("application/json");
                    response.getWriter().write("{\"a\":\"ü\"}");
                })
                .answers(200, "{\"a\":\"ü\"}");
        cases.on("writes characters in the encoding of the content type", (request, response) -> {
                    response.setContentType("text/plain;charset=iso-8859-1");
                    response.getWriter().write("ü");
                })
                .answers(200, "ü".getBytes(StandardCharsets.ISO_8859_1))
                .field("Content-Type", "text/plain;charset=iso-8859-1");
        cases.on("writes characters in the encoding that is set", (request, response) -> {
                    response.setContentType("text/plain");
                    response.setCharacterEncoding("UTF-16BE");
                    response.getWriter().write("ü");
                })
                .answers(200, "ü".getBytes(StandardCharsets.UTF_16BE))
                .field("Content-Type", "text/plain;charset=utf-16be");
        cases.on("writes characters in UTF-8 whatever the locale", (request, response) -> {
                    response.setContentType("text/plain");
                    response.setLocale(Locale.JAPANESE);
                    response.getWriter().write("日本");
                })
                .answers(200, "日本")
                .field("Content-Type", TEXT)
                .field("Content-Language", "ja");
        cases.on("fails on an encoding that does not exist", (request, response) -> {
                    response.setContentType("text/plain");
                    response.setCharacterEncoding("klingon");
                    response.getWriter().write("text");
                })
                .refused(500, "internal-error");
        cases.on("writes a pair of surrogates in two pieces", (request, response) -> {
                    response.setCharacterEncoding("UTF-8");
                    response.getWriter().write("\ud83d");
                    response.getWriter().write("\ude00!");
                })
                .answers(200, "\ud83d\ude00!");
        cases.on("writes many characters", (request, response) -> {
                    response.setContentType("text/plain");
                    for (int i = 0; i < 10_000; i++) {
                        response.getWriter().print("ä€x");
                    }
                })
                .answers(200, "ä€x".repeat(10_000));
        cases.on("keeps a small answer of a writer in one piece", (request, response) -> {
                    response.setContentType("text/plain");
                    response.getWriter().print("small");
                })
                .answers(200, "small")
                .field("Content-Length", "5")
                .without("Transfer-Encoding");
        cases.on("flushes the writer", (request, response) -> {
                    response.getWriter().write("one ");
                    response.getWriter().flush();
                    response.getWriter().write("two");
                })
                .answers(200, "one two");
        cases.on("closes the writer", (request, response) -> {
                    response.getWriter().write("closed");
                    response.getWriter().close();
                })
                .answers(200, "closed");
        cases.on("has a stream or a writer but not both", (request, response) -> {
                    write(response, "stream");
                    response.getWriter();
                })
                .refused(500, "internal-error");
        cases.on("has a writer or a stream but not both", (request, response) -> {
                    response.getWriter().write("writer");
                    response.getOutputStream();
                })
                .refused(500, "internal-error");
    }

    private static void lengths(Cases cases) {
        cases.on("sends the length that a field declares", (request, response) -> {
                    response.setHeader("Content-Length", "5");
                    write(response, "12345");
                })
                .answers(200, "12345")
                .field("Content-Length", "5");
        cases.on("fails when less is written than was declared", (request, response) -> {
                    response.setContentLength(10);
                    write(response, "12345");
                })
                .refused(500, "internal-error");
        cases.on("fails when more is written than was declared", (request, response) -> {
                    response.setContentLength(3);
                    write(response, "12345");
                })
                .refused(500, "internal-error");
        cases.on("cuts off when less is written than was declared and has left", (request, response) -> {
                    response.setContentLength(10);
                    flush(response, "12345");
                })
                .cutOff("12345");
        cases.on("fails after a whole answer of a declared length was written", (request, response) -> {
                    response.setContentLength(5);
                    write(response, "12345");
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("forgets the length of an answer that fails", (request, response) -> {
                    response.setContentLength(5);
                    response.sendError(409);
                })
                .refused(409, "conflict");
    }

    private static void statuses(Cases cases) {
        cases.on("answers 204", (request, response) -> response.setStatus(204))
                .answers(204, "")
                .without("Transfer-Encoding");
        cases.on("drops the body of a 204", (request, response) -> {
                    response.setStatus(204);
                    response.setContentLength(4);
                    write(response, "body");
                })
                .answers(204, "")
                .without("Transfer-Encoding", "Content-Length");
        cases.on("answers 304 with its fields", (request, response) -> {
                    response.setStatus(304);
                    response.setHeader("ETag", "\"7\"");
                })
                .answers(304, "")
                .field("ETag", "\"7\"")
                .without("Content-Length", "Content-Type", "Transfer-Encoding");
        cases.on("says of a 304 nothing that is true of a body", (request, response) -> {
                    response.setStatus(304);
                    response.setHeader("ETag", "\"7\"");
                    response.setContentType("application/json;charset=utf-8");
                    response.setContentLength(52);
                })
                .answers(304, "")
                .field("ETag", "\"7\"")
                .without("Content-Length", "Content-Type", "Transfer-Encoding");
        cases.on("says of a 304 that is flushed nothing that is true of a body", (request, response) -> {
                    response.setStatus(304);
                    response.setContentType("text/plain");
                    response.flushBuffer();
                })
                .answers(304, "")
                .without("Content-Length", "Content-Type", "Transfer-Encoding");
        cases.on("drops the body of a 304", (request, response) -> {
                    response.setStatus(304);
                    write(response, "body");
                })
                .answers(304, "");
        cases.on("drops the body of a 205", (request, response) -> {
                    response.setStatus(205);
                    write(response, "body");
                })
                .answers(205, "");
        cases.on("writes nothing after a redirect", (request, response) -> {
                    response.sendRedirect("/elsewhere");
                    write(response, "after");
                })
                .answers(302, "");
        cases.on("takes 304 for an error that is none", (request, response) -> response.sendError(304))
                .answers(304, "");
        cases.on("answers 201 with a place", (request, response) -> {
                    response.setStatus(201);
                    response.setHeader("Location", "/made/1");
                    write(response, "made");
                })
                .post("", "text/plain")
                .answers(201, "made")
                .field("Location", "/made/1");
        cases.on("refuses a status that is none", (request, response) -> response.setStatus(99))
                .refused(500, "internal-error");
        cases.on("refuses a status beyond 599", (request, response) -> response.setStatus(700))
                .refused(500, "internal-error");
        cases.on("refuses an error beyond 599", (request, response) -> response.sendError(999))
                .refused(500, "internal-error");
        cases.on("refuses an interim status as an error", (request, response) -> response.sendError(103))
                .refused(500, "internal-error");
    }

    private static void heads(Cases cases) {
        cases.on("answers HEAD as GET without its body", (request, response) -> {
                    response.setContentLength(5);
                    write(response, request.getMethod() + "!!");
                })
                .method("HEAD")
                .answers(200, "")
                .field("Content-Length", "5");
        cases.on("answers HEAD where no length was declared", (request, response) -> write(response, "12345"))
                .method("HEAD")
                .answers(200, "")
                .field("Content-Length", "5");
        cases.on(
                        "answers HEAD to a handler that only says the length",
                        (request, response) -> response.setContentLengthLong(5_000_000_000L))
                .method("HEAD")
                .answers(200, "")
                .field("Content-Length", "5000000000");
        cases.on("refuses HEAD without a body", (request, response) -> response.sendError(409))
                .method("HEAD")
                .refused(409, "conflict");
        cases.on("answers HEAD with a large body", (request, response) -> {
                    response.setContentLength(200_000);
                    response.getOutputStream().write(pattern(200_000));
                })
                .method("HEAD")
                .answers(200, "")
                .field("Content-Length", "200000");
    }

    private static void redirects(Cases cases) {
        cases.on(
                        "redirects to where it was told and nowhere else",
                        (request, response) -> response.sendRedirect("/elsewhere?a=1"))
                .answers(302, "")
                .field("Location", "/elsewhere?a=1");
        cases.on("redirects without what was written before", (request, response) -> {
                    write(response, "before");
                    response.sendRedirect("https://example.org/");
                })
                .answers(302, "")
                .field("Location", "https://example.org/");
        cases.on("keeps a redirect that is written by hand", (request, response) -> {
                    response.setStatus(303);
                    response.setHeader("Location", "/elsewhere");
                })
                .answers(303, "")
                .field("Location", "/elsewhere");
        cases.on("cannot redirect once the answer has begun", (request, response) -> {
                    flush(response, "begun");
                    response.sendRedirect("/elsewhere");
                })
                .cutOff("begun");
    }

    private static void fields(Cases cases) {
        cases.on("sends what kinds of fields there are", (request, response) -> {
                    response.setHeader("One", "1");
                    response.addHeader("Two", "2");
                    response.addHeader("Two", "3");
                    response.setIntHeader("Three", 3);
                    response.setDateHeader("Last-Modified", 0);
                    response.addCookie(new Cookie("name", "value"));
                })
                .answers(200, "")
                .field("One", "1")
                .field("Two", "[2, 3]")
                .field("Three", "3")
                .field("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT")
                .field("Set-Cookie", "name=value");
        cases.on("lets a handler read back its fields", (request, response) -> {
                    response.setHeader("Content-Encoding", "identity");
                    response.setContentLength(13);
                    write(
                            response,
                            response.getHeader("Content-Encoding") + " " + response.containsHeader("Content-Encoding"));
                })
                .answers(200, "identity true")
                .field("Content-Encoding", "identity");
        cases.on("lets no value begin another field", (request, response) -> {
                    response.setHeader("Name", "value\r\nInjected: yes");
                    write(response, "split");
                })
                .refused(500, "internal-error")
                .without("Injected", "Name");
        cases.on(
                        "lets no place to go begin another field",
                        (request, response) -> response.sendRedirect("/a\r\nInjected: yes"))
                .refused(500, "internal-error")
                .without("Injected", "Location");
        cases.on("keeps the fields of an answer that passes", (request, response) -> {
                    response.setHeader("ETag", "\"1\"");
                    response.setHeader("Cache-Control", "max-age=60");
                    write(response, "cached");
                })
                .answers(200, "cached")
                .field("ETag", "\"1\"")
                .field("Cache-Control", "max-age=60");
        cases.on("keeps what a caller reads out of caches", (request, response) -> write(response, "mine"))
                .signedIn()
                .as("ann")
                .answers(200, "mine")
                .field("Cache-Control", "no-store");
        cases.on("sends an encoded body under its coding", (request, response) -> {
                    response.setHeader("Content-Encoding", "x-test");
                    write(response, "encoded");
                })
                .answers(200, "encoded")
                .field("Content-Encoding", "x-test");
    }

    private static void resets(Cases cases) {
        cases.on("starts afresh and keeps the edge's own fields", (request, response) -> {
                    response.setStatus(202);
                    response.setHeader("Stale", "yes");
                    response.setContentLength(50);
                    write(response, "stale");
                    response.reset();
                    write(response, "fresh");
                })
                .answers(200, "fresh")
                .without("Stale");
        cases.on("starts afresh on a caller's answer", (request, response) -> {
                    response.reset();
                    write(response, "fresh");
                })
                .signedIn()
                .as("ann")
                .answers(200, "fresh")
                .field("Cache-Control", "no-store");
        cases.on("starts afresh with a writer after a stream", (request, response) -> {
                    write(response, "stale");
                    response.reset();
                    response.setContentType("text/plain");
                    response.getWriter().write("fresh");
                })
                .answers(200, "fresh");
        cases.on("starts the body afresh and keeps the fields", (request, response) -> {
                    response.setHeader("Kept", "yes");
                    write(response, "stale");
                    response.resetBuffer();
                    write(response, "fresh");
                })
                .answers(200, "fresh")
                .field("Kept", "yes");
        cases.on("starts the characters afresh", (request, response) -> {
                    response.setContentType("text/plain");
                    response.getWriter().write("stale");
                    response.resetBuffer();
                    response.getWriter().write("fresh");
                })
                .answers(200, "fresh");
        cases.on("cannot start afresh once the answer has begun", (request, response) -> {
                    flush(response, "begun");
                    response.reset();
                })
                .cutOff("begun");
        cases.on("goes from an error back to an answer", (request, response) -> {
                    response.setStatus(500);
                    write(response, "dropped");
                    response.reset();
                    write(response, "fine");
                })
                .answers(200, "fine");
        cases.on("changes its mind about an error that nothing was written under", (request, response) -> {
                    response.setStatus(404);
                    response.setStatus(200);
                    write(response, "fine");
                })
                .answers(200, "fine");
    }
}
