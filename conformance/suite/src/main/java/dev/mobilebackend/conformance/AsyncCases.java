// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.flush;
import static dev.mobilebackend.conformance.Handlers.note;
import static dev.mobilebackend.conformance.Handlers.onThread;
import static dev.mobilebackend.conformance.Handlers.pattern;
import static dev.mobilebackend.conformance.Handlers.write;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;

/** Answers that are given after the handler has returned. */
final class AsyncCases {

    private AsyncCases() {}

    static Cases all() {
        var cases = new Cases("async");
        completed(cases);
        failed(cases);
        timedOut(cases);
        endedTwice(cases);
        dispatched(cases);
        heard(cases);
        wrapped(cases);
        return cases;
    }

    private static void completed(Cases cases) {
        cases.on("completes on a thread of the container", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.start(() -> Handlers.run(() -> {
                        write(async.getResponse(), "later");
                        async.complete();
                    }));
                })
                .answers(200, "later");
        cases.on("completes on a thread of the application", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        write(async.getResponse(), "later");
                        async.complete();
                    });
                })
                .answers(200, "later");
        cases.on("completes before the handler returns", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    write(response, "at once");
                    async.complete();
                })
                .answers(200, "at once");
        cases.on("completes with the handler's own response", (request, response) -> {
                    AsyncContext async = request.startAsync(request, response);
                    onThread(() -> {
                        response.setContentType("text/plain");
                        response.getWriter().write("ünicode");
                        async.complete();
                    });
                })
                .answers(200, "ünicode")
                .field("Content-Type", Handlers.TEXT);
        cases.on("completes without a word", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(async::complete);
                })
                .answers(200, "");
        cases.on("completes what was begun before", (request, response) -> {
                    write(response, "begun ");
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        write(async.getResponse(), "ended");
                        async.complete();
                    });
                })
                .answers(200, "begun ended");
        cases.on("completes a large answer from another thread", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        for (int i = 0; i < 100; i++) {
                            async.getResponse().getOutputStream().write(pattern(26_000));
                        }
                        async.complete();
                    });
                })
                .answers(200, pattern(2_600_000));
        cases.on("completes an answer of a declared length", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        async.getResponse().setContentLength(5);
                        write(async.getResponse(), "later");
                        async.complete();
                    });
                })
                .answers(200, "later")
                .field("Content-Length", "5");
        cases.on("streams from another thread", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        for (int i = 0; i < 10; i++) {
                            flush(async.getResponse(), i + ",");
                        }
                        async.complete();
                    });
                })
                .answers(200, "0,1,2,3,4,5,6,7,8,9,");
        cases.on("answers HEAD later", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        write(async.getResponse(), "later");
                        async.complete();
                    });
                })
                .method("HEAD")
                .answers(200, "")
                .field("Content-Length", "5");
        cases.on("knows the caller on every thread", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        write(
                                async.getResponse(),
                                Exchange.of(async.getRequest()).caller().accountId());
                        async.complete();
                    });
                })
                .signedIn()
                .as("ann")
                .answers(200, "ann")
                .field("Cache-Control", "no-store");
        cases.on("redirects later", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        ((HttpServletResponse) async.getResponse()).sendRedirect("/elsewhere");
                        async.complete();
                    });
                })
                .answers(302, "")
                .field("Location", "/elsewhere");
    }

    private static void failed(Cases cases) {
        cases.on("sets an error status later", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        ((HttpServletResponse) async.getResponse()).setStatus(404);
                        write(async.getResponse(), Hostile.SECRET);
                        async.complete();
                    });
                })
                .refused(404, "not-found");
        cases.on("sends an error later", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        ((HttpServletResponse) async.getResponse()).sendError(409, Hostile.SECRET);
                        async.complete();
                    });
                })
                .refused(409, "conflict");
        cases.on("sends an error on the original response", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        response.sendError(409);
                        async.complete();
                    });
                })
                .refused(409, "conflict");
        cases.on("throws in a task of the container", (request, response) -> {
                    request.startAsync().start(() -> {
                        throw new IllegalStateException(Hostile.SECRET);
                    });
                })
                .refused(500, "internal-error");
        cases.on("throws a problem in a task of the container", (request, response) -> {
                    request.startAsync().start(() -> {
                        throw Problem.CONFLICT.exception();
                    });
                })
                .refused(409, "conflict");
        cases.on("ends with a failure of its own", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        Edge.fail(async.getRequest(), Problem.NOT_FOUND.exception());
                        async.complete();
                    });
                })
                .refused(404, "not-found");
        cases.on("throws after it went async", (request, response) -> {
                    request.startAsync();
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .refused(500, "internal-error");
        cases.on("throws a problem after it went async", (request, response) -> {
                    request.startAsync();
                    throw Problem.CONFLICT.exception();
                })
                .refused(409, "conflict");
        cases.on("throws after it completed", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    write(response, "complete");
                    async.complete();
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .answers(200, "complete");
        cases.on("fails halfway on another thread", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        flush(async.getResponse(), "half");
                        Edge.fail(async.getRequest(), new IllegalStateException(Hostile.SECRET));
                        async.complete();
                    });
                })
                .cutOff("half");
        cases.on("throws halfway in a task of the container", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.start(() -> Handlers.run(() -> {
                        flush(async.getResponse(), "half");
                        throw new IllegalStateException(Hostile.SECRET);
                    }));
                })
                .cutOff("half");
        cases.on("throws halfway after it went async", (request, response) -> {
                    request.startAsync();
                    flush(response, "half");
                    throw new IllegalStateException(Hostile.SECRET);
                })
                .cutOff("half");
        cases.onSyncServlet("goes async where that is not supported", (request, response) -> request.startAsync())
                .refused(500, "internal-error");
    }

    private static void timedOut(Cases cases) {
        cases.on("never completes", (request, response) -> request.startAsync().setTimeout(Handlers.SOON))
                .refused(503, "unavailable")
                .detailed("took too long")
                .field("Retry-After", "1");
        cases.on("never completes what it has begun", (request, response) -> {
                    flush(response, "half");
                    request.startAsync().setTimeout(Handlers.SOON);
                })
                .cutOff("half");
        cases.on("answers a timeout by itself", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(Handlers.SOON);
                    async.addListener(new Heard(request).onTimeout(event -> {
                        write(event.getAsyncContext().getResponse(), "in time after all");
                        event.getAsyncContext().complete();
                    }));
                })
                .answers(200, "in time after all")
                .notes("timeout", "complete");
        cases.on("dispatches on a timeout", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(Handlers.SOON);
                    async.addListener(new Heard(request)
                            .onTimeout(event -> event.getAsyncContext().dispatch("/case/target/text")));
                })
                .answers(200, "target");
        cases.on("fails on a timeout", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(Handlers.SOON);
                    async.addListener(new Heard(request).onTimeout(event -> {
                        throw new IllegalStateException(Hostile.SECRET);
                    }));
                })
                .refused(503, "unavailable");
        cases.on("hears of a timeout that it leaves alone", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(Handlers.SOON);
                    async.addListener(new Heard(request));
                })
                .refused(503, "unavailable")
                .notes("timeout", "complete");
        cases.on("completes after it timed out", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    Witness.Seen seen = Witness.of(request);
                    async.setTimeout(Handlers.SOON);
                    onThread(() -> {
                        seen.awaitEnding();
                        write(response, Hostile.SECRET);
                        try {
                            async.complete();
                        } catch (IllegalStateException tooLate) {
                            seen.note("too late");
                        }
                    });
                })
                .refused(503, "unavailable")
                .notes("too late");
    }

    private static void endedTwice(Cases cases) {
        cases.on("completes twice", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    write(response, "once");
                    async.complete();
                    try {
                        async.complete();
                    } catch (IllegalStateException twice) {
                        note(request, "refused");
                    }
                })
                .answers(200, "once")
                .notes("refused");
        cases.on("dispatches after it completed", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.complete();
                    try {
                        async.dispatch("/case/target/text");
                    } catch (IllegalStateException twice) {
                        note(request, "refused");
                    }
                })
                .answers(200, "")
                .notes("refused");
        cases.on("writes after it completed", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    write(response, "all");
                    async.complete();
                    write(response, Hostile.SECRET);
                    response.setHeader("Late", "yes");
                })
                .answers(200, "all")
                .without("Late");
    }

    private static void dispatched(Cases cases) {
        cases.on("comes round again", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        write(response, "second pass");
                    } else {
                        request.startAsync().dispatch();
                    }
                })
                .answers(200, "second pass");
        cases.on("comes round again from another thread", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        write(response, "second");
                    } else {
                        write(response, "first ");
                        AsyncContext async = request.startAsync();
                        onThread(async::dispatch);
                    }
                })
                .answers(200, "first second");
        cases.on("is dispatched elsewhere", (request, response) -> request.startAsync()
                        .dispatch("/case/target/path"))
                .answers(200, "/case/target/path ASYNC");
        cases.on("is dispatched elsewhere with a query", (request, response) -> request.startAsync()
                        .dispatch("/case/target/parameter?a=new"))
                .query("a=old&b=kept")
                .answers(200, "a=[new, old] b=[kept]");
        cases.on("throws in the second pass", (request, response) -> request.startAsync()
                        .dispatch("/case/target/throws"))
                .refused(500, "internal-error");
        cases.on("refuses in the second pass", (request, response) -> request.startAsync()
                        .dispatch("/case/target/refuses"))
                .refused(409, "conflict");
        cases.on("sends an error in the second pass", (request, response) -> request.startAsync()
                        .dispatch("/case/target/error"))
                .refused(404, "not-found");
        cases.on("fails halfway in the second pass", (request, response) -> request.startAsync()
                        .dispatch("/case/target/halfway"))
                .cutOff("half");
        cases.on("goes async again in the second pass", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        onThread(() -> {
                            write(async.getResponse(), "third");
                            async.complete();
                        });
                    } else {
                        onThread(async::dispatch);
                    }
                })
                .answers(200, "third");
        cases.on("times out in the second pass", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(Handlers.SOON);
                    if (request.getDispatcherType() != DispatcherType.ASYNC) {
                        async.dispatch();
                    }
                })
                .refused(503, "unavailable");
        cases.on("comes round ten times", (request, response) -> {
                    Object before = request.getAttribute("round");
                    int round = before == null ? 0 : (Integer) before;
                    if (round == 10) {
                        write(response, "done");
                    } else {
                        request.setAttribute("round", round + 1);
                        AsyncContext async = request.startAsync();
                        onThread(async::dispatch);
                    }
                })
                .answers(200, "done");
        cases.on("is forwarded in the second pass", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        request.getRequestDispatcher("/case/target/text").forward(request, response);
                    } else {
                        request.startAsync().dispatch();
                    }
                })
                .answers(200, "target");
    }

    private static void heard(Cases cases) {
        cases.on("tells a listener that it completed", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.addListener(new Heard(request));
                    onThread(async::complete);
                })
                .answers(200, "")
                .notes("complete");
        cases.on("tells a listener of the next start", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        // Undertow tells of the start when this pass has returned, and of the end when it comes: only
                        // a timeout cannot overtake it.
                        AsyncContext again = request.startAsync();
                        again.setTimeout(Handlers.SOON);
                        again.addListener(new Heard(request).onTimeout(event -> again.complete()));
                    } else {
                        AsyncContext async = request.startAsync();
                        async.addListener(new Heard(request));
                        onThread(async::dispatch);
                    }
                })
                .answers(200, "")
                .notes("start", "timeout", "complete");
        cases.on("gives a listener what it was registered with", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    var heard = new Heard(request);
                    heard.onComplete(event -> note(
                            request,
                            Objects.equals(event.getSuppliedRequest(), request)
                                    + " "
                                    + Objects.equals(event.getSuppliedResponse(), response)
                                    + " "
                                    + Objects.equals(event.getAsyncContext(), async)));
                    async.addListener(heard, request, response);
                    onThread(async::complete);
                })
                .answers(200, "")
                .notes("complete", "true true true");
        cases.on("outlives a listener that fails", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.addListener(new Heard(request).onComplete(event -> {
                        throw new IOException(Hostile.SECRET);
                    }));
                    write(response, "fine");
                    onThread(async::complete);
                })
                .answers(200, "fine")
                .notes("complete");
        cases.on("says that it is async", (request, response) -> {
                    String before = request.isAsyncSupported() + " " + request.isAsyncStarted();
                    AsyncContext async = request.startAsync();
                    write(
                            response,
                            before + " " + request.isAsyncStarted() + " "
                                    + request.getAsyncContext().equals(async));
                    async.complete();
                })
                .answers(200, "true false true true");
    }

    private static void wrapped(Cases cases) {
        cases.on("completes through wrappers of the application", (request, response) -> {
                    AsyncContext async = request.startAsync(request, response);
                    onThread(() -> {
                        write(async.getResponse(), "wrapped");
                        async.complete();
                    });
                })
                .with("Test-Wrap", "yes")
                .answers(200, "wrapped");
        cases.on("completes past wrappers of the application", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    onThread(() -> {
                        ((HttpServletResponse) async.getResponse()).sendError(409, Hostile.SECRET);
                        async.complete();
                    });
                })
                .with("Test-Wrap", "yes")
                .refused(409, "conflict");
        cases.on("is dispatched through wrappers of the application", (request, response) -> request.startAsync(
                                request, response)
                        .dispatch("/case/target/refuses"))
                .with("Test-Wrap", "yes")
                .refused(409, "conflict");
        cases.on("loses its client while it waits", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(0);
                    Witness.Seen seen = Witness.of(request);
                    onThread(() -> {
                        seen.note("waiting");
                        seen.awaitRelease();
                        try {
                            for (int i = 0; i < 1000; i++) {
                                async.getResponse().getOutputStream().write(pattern(100_000));
                                async.getResponse().flushBuffer();
                            }
                            seen.note("written");
                        } catch (IOException gone) {
                            seen.note("gone");
                        }
                        Handlers.quietly(async::complete);
                    });
                })
                .talk((wire, request) -> {
                    wire.send(request.head());
                    Witness.of(request.id()).await(0, 1);
                    wire.vanish();
                    Witness.of(request.id()).release();
                    return Reply.NOTHING;
                })
                .clientGone()
                .notes("waiting", "gone");
        cases.on("never completes after its client has gone", (request, response) -> {
                    request.startAsync().setTimeout(Handlers.SOON);
                    note(request, "waiting");
                })
                .talk((wire, request) -> {
                    wire.send(request.head());
                    Witness.of(request.id()).await(0, 1);
                    wire.vanish();
                    return Reply.NOTHING;
                })
                .clientGone()
                .endsAnyhow()
                .since("nothing is written that would show it, so only some containers know that the client is gone");
    }
}
