// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.pattern;
import static dev.mobilebackend.conformance.Handlers.write;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** Everything that can go wrong leaves as a problem, or is cut off. */
final class ErrorCases {

    private ErrorCases() {}

    static Cases all() {
        var cases = new Cases("errors");
        sent(cases);
        thrown(cases);
        halfway(cases);
        leftBehind(cases);
        containers(cases);
        return cases;
    }

    private static void sent(Cases cases) {
        cases.on("sends an error", (request, response) -> response.sendError(404))
                .refused(404, "not-found");
        cases.on("sends an error without its message", (request, response) -> response.sendError(503, Hostile.SECRET))
                .refused(503, "unavailable");
        cases.on("sends an error that has no name", (request, response) -> response.sendError(418))
                .refused(418, "http-418");
        cases.on("sends an error after something was written", (request, response) -> {
                    write(response, Hostile.SECRET);
                    response.sendError(409);
                })
                .refused(409, "conflict");
        cases.on("sends an error and goes on writing", (request, response) -> {
                    response.sendError(409);
                    write(response, Hostile.SECRET);
                    response.flushBuffer();
                })
                .refused(409, "conflict");
        cases.on("sends an error and sets a status afterwards", (request, response) -> {
                    response.sendError(409);
                    response.setStatus(200);
                })
                .refused(409, "conflict");
        cases.on("counts an error as the whole answer", (request, response) -> {
                    response.sendError(409);
                    if (!response.isCommitted()) {
                        throw new AssertionError("isCommitted must hold after sendError");
                    }
                })
                .refused(409, "conflict");
        cases.on("sends the last of two errors", (request, response) -> {
                    response.sendError(409);
                    response.sendError(404);
                })
                .refused(404, "not-found");
        cases.on("cannot send an error once the answer has begun", (request, response) -> {
                    flush(response, "begun");
                    response.sendError(500);
                })
                .cutOff("begun");
        cases.on("drops what stands under an error status", (request, response) -> {
                    response.setStatus(500);
                    response.setContentType("text/html");
                    write(response, "<html>" + Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("drops much that stands under an error status", (request, response) -> {
                    response.setStatus(404);
                    response.setContentLength(300_000);
                    response.getOutputStream().write(pattern(300_000));
                })
                .refused(404, "not-found");
        cases.on("drops what is flushed under an error status", (request, response) -> {
                    response.setStatus(403);
                    response.getWriter().write(Hostile.SECRET);
                    response.getWriter().flush();
                    response.flushBuffer();
                })
                .refused(403, "forbidden");
        cases.on("answers a bare error status", (request, response) -> response.setStatus(415))
                .refused(415, "unsupported-media-type");
        cases.on("answers an error status that was flushed empty", (request, response) -> {
                    response.setStatus(404);
                    response.flushBuffer();
                })
                .refused(404, "not-found");
        cases.on("goes into an error after something was written under 200", (request, response) -> {
                    write(response, "fine so far");
                    response.setStatus(500);
                })
                .refused(500, "internal-error");
    }

    private static void thrown(Cases cases) {
        cases.on("throws a runtime exception", (request, response) -> {
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws an IOException of its own", (request, response) -> {
                    throw new IOException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws a ServletException", (request, response) -> {
                    throw new ServletException(Hostile.SECRET, new IllegalStateException(Hostile.SECRET));
                })
                .refused(500, "internal-error");
        cases.on("throws an error", (request, response) -> {
                    throw new StackOverflowError(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws an assertion", (request, response) -> {
                    throw new AssertionError(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("misses a class", (request, response) -> {
                    throw new NoClassDefFoundError("com/example/Internal");
                })
                .refused(500, "internal-error");
        cases.on("throws a checked exception", (request, response) -> {
                    throw new Exception(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws a problem", (request, response) -> {
                    throw Problem.CONFLICT.detail("somebody was first").exception();
                })
                .refused(409, "conflict")
                .detailed("somebody was first");
        cases.on("throws a problem inside a ServletException", (request, response) -> {
                    throw new ServletException(Problem.NOT_FOUND.exception());
                })
                .refused(404, "not-found");
        cases.on("throws a problem deep inside others", (request, response) -> {
                    throw new CompletionException(new UncheckedIOException(
                            new IOException(new IllegalStateException(Problem.FORBIDDEN.exception()))));
                })
                .refused(403, "forbidden");
        cases.on("throws a problem with fields of its own", (request, response) -> {
                    throw Problem.UNAVAILABLE.retryAfter(Duration.ofSeconds(7)).exception();
                })
                .refused(503, "unavailable")
                .field("Retry-After", "7");
        cases.on("throws exceptions in a ring", (request, response) -> {
                    var one = new IllegalStateException("one");
                    one.initCause(new IllegalStateException("two", one));
                    throw one;
                })
                .refused(500, "internal-error");
        cases.on("throws after something was written", (request, response) -> {
                    write(response, Hostile.SECRET);
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws after characters were written", (request, response) -> {
                    response.getWriter().write(Hostile.SECRET);
                    throw Problem.CONFLICT.exception();
                })
                .refused(409, "conflict");
        cases.on("throws after it sent an error", (request, response) -> {
                    response.sendError(404);
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws after the stream was closed", (request, response) -> {
                    write(response, "closed");
                    response.getOutputStream().close();
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
    }

    private static void halfway(Cases cases) {
        cases.on("cuts off what fails after a flush", (request, response) -> {
                    flush(response, "half");
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .cutOff("half");
        cases.on("cuts off what fails where the client closes", (request, response) -> {
                    flush(response, "half");
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .cutOff("half")
                .with("Connection", "close");
        cases.on("cuts off what fails where the server closes", (request, response) -> {
                    response.setHeader("Connection", "close");
                    response.getOutputStream().write(pattern(500_000));
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .cutOff("abcdef")
                .field("Connection", "close");
        cases.on("sends what is whole in chunks where the server closes", (request, response) -> {
                    response.setHeader("Connection", "close");
                    flush(response, "all");
                })
                .with("Connection", "keep-alive")
                .answers(200, "all")
                .field("Transfer-Encoding", "chunked")
                .field("Connection", "close");
        cases.on("forgets the chunks of what it has not sent", (request, response) -> {
                    response.getOutputStream().write(pattern(5_000));
                    throw Problem.CONFLICT.exception();
                })
                .refused(409, "conflict")
                .without("Transfer-Encoding");
        cases.on("cuts off what refuses after a flush", (request, response) -> {
                    flush(response, "half");
                    throw Problem.CONFLICT.exception();
                })
                .cutOff("half");
        cases.on("cuts off a declared length that fails halfway", (request, response) -> {
                    response.setContentLength(1_000_000);
                    response.getOutputStream().write(pattern(500_000));
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .cutOff("abcdef");
        cases.on("cuts off a large answer that fails halfway", (request, response) -> {
                    response.getOutputStream().write(pattern(500_000));
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .cutOff("abcdef");
        cases.on("cuts off a writer that fails halfway", (request, response) -> {
                    response.setContentType("text/plain");
                    response.getWriter().write("half");
                    response.flushBuffer();
                    throw new AssertionError(Hostile.SECRET);
                })
                .cutOff("half");
    }

    private static void leftBehind(Cases cases) {
        cases.on("answers an error in the client's language", (request, response) -> response.sendError(404))
                .with("Accept-Language", "de-CH, en;q=0.5")
                .refused(404, "not-found")
                .field("Content-Language", "de")
                .field("Vary", "Accept-Language");
        cases.on("drops the fields of a handler that failed", (request, response) -> {
                    response.setHeader("ETag", "\"1\"");
                    response.setHeader("Location", "/made");
                    response.setHeader("Content-Disposition", "attachment");
                    response.setHeader("Content-Encoding", "gzip");
                    response.setHeader("Cache-Control", "max-age=60");
                    response.setDateHeader("Last-Modified", 0);
                    response.setDateHeader("Expires", 0);
                    response.setLocale(java.util.Locale.GERMAN);
                    response.addCookie(new Cookie("name", "value"));
                    response.setHeader("Access-Control-Allow-Origin", "*");
                    response.setHeader("X-Content-Type-Options", "sniff");
                    throw Problem.UNAVAILABLE.header("Retry-After", "7").exception();
                })
                .refused(503, "unavailable")
                .field("Retry-After", "7")
                .field("Content-Language", "en")
                .without(
                        "ETag",
                        "Location",
                        "Content-Disposition",
                        "Content-Encoding",
                        "Last-Modified",
                        "Expires",
                        "Set-Cookie",
                        "Access-Control-Allow-Origin");
        cases.on("drops the fields of a handler that sends an error", (request, response) -> {
                    response.setHeader("ETag", "\"1\"");
                    response.addCookie(new Cookie("name", "value"));
                    response.sendError(404);
                    response.setHeader("Late", "yes");
                })
                .refused(404, "not-found")
                .without("ETag", "Set-Cookie", "Late");
        cases.on("drops the fields of a handler that sets an error status", (request, response) -> {
                    response.setHeader("ETag", "\"1\"");
                    response.setHeader("Content-Disposition", "attachment");
                    response.setStatus(404);
                })
                .refused(404, "not-found")
                .without("ETag", "Content-Disposition");
    }

    private static void containers(Cases cases) {
        cases.on("neighbour throws", (request, response) -> write(response, "never"))
                .with("Test-Neighbour", "throws")
                .refused(500, "internal-error");
        cases.on("neighbour fails", (request, response) -> write(response, "never"))
                .with("Test-Neighbour", "fails")
                .refused(500, "internal-error");
        cases.on("neighbour sends an error", (request, response) -> write(response, "never"))
                .with("Test-Neighbour", "sends")
                .refused(503, "unavailable");
        cases.on("neighbour sends 404", (request, response) -> write(response, "never"))
                .with("Test-Neighbour", "404")
                .refused(404, "not-found");
    }
}
