// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.write;

/** Who reaches which handler, and by what spelling of its path and method. */
final class PathCases {

    private static final String BY_THE_CONTAINER = "containers refuse some spellings by themselves, before any filter";

    private PathCases() {}

    static Cases all() {
        var cases = new Cases("paths");
        unknown(cases);
        methods(cases);
        callers(cases);
        spellings(cases);
        unreadable(cases);
        return cases;
    }

    private static void unknown(Cases cases) {
        cases.off("knows no path that is not declared").undeclared().refused(404, "not-found");
        cases.off("knows nothing at the root").target("/").undeclared().refused(404, "not-found");
        cases.on("reaches no handler that was not declared", (request, response) -> write(response, "never"))
                .undeclared()
                .refused(404, "not-found");
        cases.off("answers what is declared and not served").refused(404, "not-found");
        cases.off("keeps an id that a client sends")
                .undeclared()
                .with("X-Request-Id", "abc-123")
                .field("X-Request-Id", "abc-123")
                .refused(404, "not-found");
        cases.off("shows nothing of what is deployed")
                .target("/WEB-INF/web.xml")
                .undeclared()
                .refused(404, "not-found")
                .beforeTheEdge()
                .since("Undertow refuses it before any filter");
        cases.off("shows no page for a directory").target("/case/").undeclared().refused(404, "not-found");
        cases.off("has no icon").target("/favicon.ico").undeclared().refused(404, "not-found");
    }

    private static void methods(Cases cases) {
        cases.on("names the methods of a known path", (request, response) -> write(response, "got"))
                .asking("DELETE")
                .refused(405, "method-not-allowed")
                .field("Allow", "GET, HEAD");
        cases.on("names the one method of a known path", (request, response) -> write(response, "posted"))
                .post("", "text/plain")
                .asking("PUT")
                .refused(405, "method-not-allowed")
                .field("Allow", "POST");
        cases.on("answers HEAD only where GET is declared", (request, response) -> write(response, "posted"))
                .post("", "text/plain")
                .asking("HEAD")
                .refused(405, "method-not-allowed")
                .field("Allow", "POST");
        cases.on("answers no OPTIONS by itself", (request, response) -> write(response, "got"))
                .asking("OPTIONS")
                .refused(405, "method-not-allowed");
        cases.on("traces nothing back", (request, response) -> write(response, "got"))
                .asking("TRACE")
                .with("Secret", "hunter2")
                .refused(405, "method-not-allowed");
        cases.on("knows no method that is none", (request, response) -> write(response, "got"))
                .asking("BREW")
                .refused(405, "method-not-allowed")
                .refused(501, "http-501")
                .since("a container may refuse a method that it does not know");
        cases.on("tells a method by its case", (request, response) -> write(response, "got"))
                .asking("get")
                .refused(405, "method-not-allowed")
                .refused(400, "malformed-request")
                .refused(501, "http-501")
                .since("a container may refuse a method that it does not know");
        for (String field : new String[] {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"}) {
            cases.on(
                            "runs the handler whose rule it checked whatever " + field + " says",
                            (request, response) -> write(
                                    response,
                                    request.getMethod()
                                            + request.getHeader(field)
                                            + request.getHeaders(field).hasMoreElements()))
                    .with(field, "DELETE")
                    .answers(200, "GETnullfalse");
        }
        cases.on("serves HEAD as GET", (request, response) -> response.setHeader("Method", request.getMethod()))
                .method("HEAD")
                .answers(200, "")
                .field("Method", "GET");
    }

    private static void callers(Cases cases) {
        cases.on("refuses who has not signed in", (request, response) -> write(response, "never"))
                .signedIn()
                .refused(401, "unauthenticated")
                .field("WWW-Authenticate", "Bearer");
        cases.on("refuses who came through a proxy that nobody trusts", (request, response) -> write(response, "never"))
                .with("X-Forwarded-For", "127.0.0.1")
                .refused(403, "plain-http");
        cases.on("sends nobody elsewhere to come back over HTTPS", (request, response) -> write(response, "never"))
                .with("X-Forwarded-Proto", "http")
                .with("X-Forwarded-For", "192.0.2.1")
                .refused(403, "plain-http")
                .without("Location");
    }

    /** A route /case/spelled that says never, and other ways to write it. */
    private static void spellings(Cases cases) {
        String route = "/case/spelled";
        cases.on("spelled", (request, response) -> write(response, "reached")).answers(200, "reached");
        other(cases, "a slash at the end", route + "/").refused(404, "not-found");
        other(cases, "two slashes", "//case/spelled").refused(400, "malformed-request");
        other(cases, "two slashes inside", "/case//spelled").refused(400, "malformed-request");
        other(cases, "capitals", "/case/SPELLED").refused(404, "not-found");
        other(cases, "a dot segment", "/case/./spelled").refused(400, "malformed-request");
        other(cases, "two dots", "/case/x/../spelled").refused(400, "malformed-request");
        other(cases, "dots that are encoded", "/case/x/%2e%2e/spelled").refused(400, "malformed-request");
        other(cases, "dots that climb out", "/../../etc/passwd").refused(400, "malformed-request");
        other(cases, "a slash that is encoded", "/case%2fspelled").refused(400, "malformed-request");
        other(cases, "a backslash", "/case\\spelled").refused(400, "malformed-request");
        other(cases, "a backslash that is encoded", "/case%5cspelled").refused(400, "malformed-request");
        other(cases, "a matrix parameter", route + ";a=b").refused(400, "malformed-request");
        other(cases, "a matrix parameter inside", "/case;a=b/spelled").refused(400, "malformed-request");
        other(cases, "dots behind a matrix parameter", "/case/x/..;/spelled").refused(400, "malformed-request");
        other(cases, "a null byte", route + "%00").refused(400, "malformed-request");
        other(cases, "an encoding that is none", "/case/%zz").refused(400, "malformed-request");
        other(cases, "bytes that are no UTF-8", "/case/%ff%fe").refused(400, "malformed-request");
        other(cases, "an overlong slash", "/case/x%c0%af..%c0%afspelled").refused(400, "malformed-request");
        other(cases, "a slash that is encoded twice", "/case/%252fspelled")
                .refused(404, "not-found")
                .refused(400, "malformed-request")
                .since("Jetty refuses an encoded percent sign by itself");
        other(cases, "an extension", route + ".json").refused(404, "not-found");
        other(cases, "a letter that is encoded", "/case/%73pelled").refused(404, "not-found");
        cases.off("reaches a route by its absolute form")
                .undeclared()
                .target("http://localhost/case/spelled")
                .answers(200, "reached")
                .since("RFC 9112 section 3.2.2");
    }

    private static Case other(Cases cases, String what, String target) {
        return cases.off("reaches no handler by " + what)
                .undeclared()
                .target(target)
                .beforeTheEdge()
                .since(BY_THE_CONTAINER);
    }

    private static void unreadable(Cases cases) {
        unread(cases, "a request line of one word", "GET\r\n\r\n").refused(400, "malformed-request");
        unread(cases, "a request line without a path", "GET HTTP/1.1\r\nHost: a\r\n\r\n")
                .refused(400, "malformed-request")
                .refused(505, "http-505");
        unread(cases, "a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\nConnection: close\r\n\r\n")
                .refused(400, "malformed-request");
        unread(
                        cases,
                        "a field with a blank in its name",
                        "GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\nConnection: close\r\n\r\n")
                .refused(400, "malformed-request");
        unread(cases, "no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").refused(400, "malformed-request");
        unread(cases, "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")
                .refused(400, "malformed-request");
        unread(cases, "a version that there is not", "GET / HTTP/7.7\r\nHost: a\r\nConnection: close\r\n\r\n")
                .refused(400, "malformed-request")
                .refused(505, "http-505")
                .refused(404, "not-found");
        unread(
                        cases,
                        "an unknown transfer coding",
                        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\nConnection: close\r\n\r\n")
                .refused(400, "malformed-request")
                .refused(404, "not-found")
                .refused(501, "http-501");
        unread(
                        cases,
                        "a header that is too long",
                        "GET / HTTP/1.1\r\nHost: a\r\nLong: " + "x".repeat(1_200_000) + "\r\n\r\n")
                .refused(400, "malformed-request")
                .refused(431, "headers-too-large");
    }

    private static Case unread(Cases cases, String what, String bytes) {
        return cases.off("cannot read " + what)
                .undeclared()
                .talk((wire, request) -> {
                    Handlers.quietly(() -> wire.send(bytes));
                    return wire.answer(false);
                })
                .beforeTheEdge()
                .orNothing()
                .since(
                        "what a container cannot read never reaches a filter; it may say nothing, or a problem, but no page");
    }
}
