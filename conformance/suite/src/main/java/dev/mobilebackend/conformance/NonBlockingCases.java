// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.note;
import static dev.mobilebackend.conformance.Handlers.pattern;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Read and write listeners (Servlet 3.1). */
final class NonBlockingCases {

    private NonBlockingCases() {}

    static Cases all() {
        var cases = new Cases("non-blocking");
        reading(cases);
        writing(cases);
        return cases;
    }

    private static void reading(Cases cases) {
        cases.on("reads when there is something", (request, response) -> read(request, response, Step.NONE))
                .post(pattern(15_000))
                .answers(200, "15000");
        cases.on("reads chunks when there are some", (request, response) -> read(request, response, Step.NONE))
                .post(pattern(15_000))
                .chunked()
                .answers(200, "15000");
        cases.on("reads a body that comes in two pieces", (request, response) -> {
                    read(request, response, Step.NONE);
                    note(request, "reading");
                })
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 6\r\n"));
                    Witness.of(request.id()).await(0, 1);
                    wire.send("one");
                    wire.send("two");
                    return wire.answer(false);
                })
                .answers(200, "6");
        cases.on(
                        "refuses what becomes too large for a listener",
                        (request, response) -> read(request, response, Step.NONE))
                .post(pattern(Application.MAXIMUM_BODY + 1))
                .chunked()
                .refused(413, "body-too-large");
        cases.on(
                        "refuses what becomes too large for a listener that completes",
                        (request, response) -> read(request, response, Step.COMPLETES))
                .post(pattern(Application.MAXIMUM_BODY + 1))
                .chunked()
                .refused(413, "body-too-large")
                .notes("error");
        cases.on(
                        "refuses what breaks off for a listener that completes",
                        (request, response) -> read(request, response, Step.COMPLETES))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Content-Length: 10\r\n") + "half");
                    wire.endOutput();
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .orNothing()
                .notes("error")
                .endsAnyhow()
                .since("Tomcat closes the connection");
        cases.on(
                        "refuses a listener that completes chunks that are none",
                        (request, response) -> read(request, response, Step.COMPLETES))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Transfer-Encoding: chunked\r\n"));
                    wire.send("zz\r\ntext\r\n0\r\n\r\n");
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .orNothing()
                .notes("error")
                .endsAnyhow()
                .since("Tomcat closes the connection once it cannot tell where the body ends");
        cases.on("refuses a listener chunks that are none", (request, response) -> read(request, response, Step.NONE))
                .method("POST")
                .talk((wire, request) -> {
                    wire.send(request.headWith("Transfer-Encoding: chunked\r\n"));
                    wire.send("zz\r\ntext\r\n0\r\n\r\n");
                    return wire.answer(false);
                })
                .refused(400, "malformed-request")
                .orNothing()
                .endsAnyhow()
                .since("Tomcat closes the connection once it cannot tell where the body ends");
        cases.on("throws when data is there", (request, response) -> read(request, response, Step.DATA))
                .post(pattern(100))
                .refused(500, "internal-error");
        cases.on("refuses when all data was read", (request, response) -> read(request, response, Step.ALL))
                .post(pattern(100))
                .refused(409, "conflict");
        cases.on("fails to hear of its failure", (request, response) -> read(request, response, Step.ERROR))
                .post(pattern(100))
                .refused(500, "internal-error");
    }

    /** Where a listener fails. */
    enum Step {
        NONE,
        DATA,
        ALL,
        ERROR,
        /** It does not fail, and says that all is done when it hears of a failure. */
        COMPLETES
    }

    static void read(HttpServletRequest request, HttpServletResponse response, Step fails) throws IOException {
        AsyncContext async = request.startAsync();
        ServletInputStream in = request.getInputStream();
        var read = new ByteArrayOutputStream();
        in.setReadListener(new ReadListener() {
            @Override
            public void onDataAvailable() throws IOException {
                if (fails == Step.DATA || fails == Step.ERROR) {
                    throw new IllegalStateException(Hostile.SECRET);
                }
                byte[] buffer = new byte[1000];
                while (in.isReady() && !in.isFinished()) {
                    int length = in.read(buffer);
                    if (length < 0) {
                        return;
                    }
                    read.write(buffer, 0, length);
                }
            }

            @Override
            public void onAllDataRead() throws IOException {
                if (fails == Step.ALL) {
                    throw Problem.CONFLICT.exception();
                }
                Handlers.write(response, Integer.toString(read.size()));
                async.complete();
            }

            @Override
            public void onError(Throwable failure) {
                note(request, "error");
                if (fails == Step.ERROR) {
                    throw new IllegalStateException(Hostile.SECRET);
                }
                if (fails == Step.COMPLETES) {
                    async.complete();
                }
            }
        });
    }

    private static void writing(Cases cases) {
        cases.on("writes when there is room", (request, response) -> write(request, response, 200, -1))
                .answers(200, pattern(1_000_000));
        cases.on("writes when there is room under an error", (request, response) -> write(request, response, 404, -1))
                .refused(404, "not-found");
        cases.on("throws before it writes", (request, response) -> write(request, response, 200, 0))
                .refused(500, "internal-error");
        cases.on("throws after much was written", (request, response) -> write(request, response, 200, 500_000))
                .cutOff("abc");
        cases.on("reads and writes when it can", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    ServletInputStream in = request.getInputStream();
                    ServletOutputStream out = response.getOutputStream();
                    in.setReadListener(new ReadListener() {
                        @Override
                        public void onDataAvailable() throws IOException {
                            byte[] buffer = new byte[1000];
                            while (in.isReady() && !in.isFinished()) {
                                int length = in.read(buffer);
                                if (length > 0) {
                                    out.write(buffer, 0, length);
                                }
                            }
                        }

                        @Override
                        public void onAllDataRead() {
                            async.complete();
                        }

                        @Override
                        public void onError(Throwable failure) {
                            note(request, "error");
                        }
                    });
                })
                .post(pattern(10_000))
                .answers(200, pattern(10_000));
    }

    private static void write(HttpServletRequest request, HttpServletResponse response, int status, int failsAt)
            throws IOException {
        AsyncContext async = request.startAsync();
        response.setStatus(status);
        ServletOutputStream out = response.getOutputStream();
        byte[] all = pattern(1_000_000);
        out.setWriteListener(new WriteListener() {
            private int written;

            @Override
            public void onWritePossible() throws IOException {
                while (out.isReady()) {
                    if (written == failsAt) {
                        throw new IllegalStateException(Hostile.SECRET);
                    }
                    if (written == all.length) {
                        async.complete();
                        return;
                    }
                    out.write(all, written, 10_000);
                    written += 10_000;
                }
            }

            @Override
            public void onError(Throwable failure) {
                note(request, "error");
            }
        });
    }
}
