// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mobilebackend.conformance.Case.Refusal;
import dev.mobilebackend.conformance.Case.Request;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Every case in one container, on platform and on virtual threads. A container's test says how to start it. */
public abstract class EdgeConformance {

    /** What the container serves requests on. */
    public enum Threads {
        PLATFORM,
        VIRTUAL
    }

    /** A started container on a port of the loopback interface. */
    public interface Running {

        int port();

        void stop() throws Exception;
    }

    /** Containers log what the cases mean to happen; held here, since a logger that nobody holds forgets its level. */
    private static final List<Logger> QUIET = Stream.of("org.apache", "io.undertow", "org.xnio")
            .map(Logger::getLogger)
            .toList();

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.OFF));
    }

    private static final int AT_ONCE = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration LITTLE_PATIENCE = Duration.ofSeconds(2);

    private static final AtomicInteger IDS = new AtomicInteger();

    /** Starts the container with the application in it, behind the application's edge, on any free port. */
    protected abstract Running start(Application application, Threads threads) throws Exception;

    /** Whether the container comes with a framework that serves the paths of {@link FrameworkCases} by itself. */
    protected boolean servesFrameworkPaths() {
        return false;
    }

    @TestFactory
    Stream<DynamicNode> onPlatformThreads() throws Exception {
        return run(Threads.PLATFORM);
    }

    /** Whether the container's own means say what the edge is mapped to. */
    protected boolean mapsTheEdge() {
        return true;
    }

    /** Everything else is as it is where the cases run. */
    @Test
    void doesNotStartWhereServletsAnswerPastTheEdge() {
        assumeTrue(mapsTheEdge());
        var application = new Application(cases(), servesFrameworkPaths(), PATIENCE, "/case/*");

        assertThrows(Exception.class, () -> start(application, Threads.PLATFORM).stop());
    }

    @TestFactory
    Stream<DynamicNode> withLittlePatience() throws Exception {
        return run(Threads.PLATFORM, LITTLE_PATIENCE, List.of(SilenceCases.all()));
    }

    @TestFactory
    @EnabledForJreRange(min = JRE.JAVA_21)
    Stream<DynamicNode> onVirtualThreads() throws Exception {
        return run(Threads.VIRTUAL);
    }

    static List<Cases> cases() {
        return List.of(
                AnswerCases.all(),
                ErrorCases.all(),
                AsyncCases.all(),
                NonBlockingCases.all(),
                DispatchCases.all(),
                BodyCases.all(),
                FormCases.all(),
                PathCases.all(),
                FrameworkCases.all(),
                TrapCases.all());
    }

    private Stream<DynamicNode> run(Threads threads) throws Exception {
        var cases = new ArrayList<>(cases());
        cases.add(threadCases(threads));
        return run(threads, PATIENCE, cases);
    }

    private Stream<DynamicNode> run(Threads threads, Duration patience, List<Cases> cases) throws Exception {
        Running running = start(new Application(declared(cases), servesFrameworkPaths(), patience, "/*"), threads);
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        return cases.stream()
                .<DynamicNode>map(kind -> DynamicContainer.dynamicContainer(
                        kind.kind(),
                        kind.all().stream()
                                .map(one -> test(one, pool, running.port()))
                                .toList()))
                .toList()
                .stream()
                .onClose(() -> stop(running, pool));
    }

    /** All that a container serves must be declared, whatever is asked for. */
    private static List<Cases> declared(List<Cases> asked) {
        return Stream.concat(cases().stream(), asked.stream())
                .collect(Collectors.toMap(Cases::kind, kind -> kind, (one, same) -> same))
                .values()
                .stream()
                .toList();
    }

    private static Cases threadCases(Threads threads) {
        var cases = new Cases("threads");
        cases.on(
                        "serves on the threads that it was told to",
                        (request, response) -> Handlers.write(
                                response, Handlers.isVirtual(Thread.currentThread()) ? "VIRTUAL" : "PLATFORM"))
                .answers(200, threads.name());
        return cases;
    }

    /** Begins at once, since some containers look only once a second whether a request has timed out. */
    private static DynamicTest test(Case one, ExecutorService pool, int port) {
        Future<?> done = pool.submit(() -> {
            check(one, port);
            return null;
        });
        return DynamicTest.dynamicTest(one.name, () -> {
            try {
                done.get();
            } catch (ExecutionException failed) {
                throw failed.getCause();
            }
        });
    }

    private static void stop(Running running, ExecutorService pool) {
        pool.shutdownNow();
        try {
            running.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the container did not stop", e);
        }
    }

    private static void check(Case one, int port) throws Exception {
        try {
            hold(one, port);
        } catch (AssertionError | Exception failure) {
            throw new AssertionError(one.name + " (" + one.path + "): " + failure.getMessage(), failure);
        }
    }

    private static void hold(Case one, int port) throws Exception {
        var request = new Request(one, "case-" + IDS.incrementAndGet());
        Reply reply;
        try (var wire = new Wire(port)) {
            reply = one.conversation.hold(wire, request);
        }
        if (!one.nothing && !(one.mayBeNothing && reply.status() == 0) && !isBare(one, reply)) {
            checkAnswer(one, reply);
            checkFields(one, request, reply);
        }
        checkInside(one, request, reply);
    }

    /** A container that refuses before any filter may do so without a word; it is nobody's page at least. */
    private static boolean isBare(Case one, Reply reply) {
        boolean expected = one.refusals.stream().anyMatch(either -> either.status() == reply.status())
                || (one.alternative != null && one.alternative.status() == reply.status());
        return one.beforeTheEdge && reply.body().length == 0 && expected;
    }

    private static void checkAnswer(Case one, Reply reply) {
        Case.Answer alternative = one.alternative;
        if (alternative != null && alternative.status() == reply.status()) {
            assertEquals(alternative.text(), reply.text());
            return;
        }
        boolean begun = one.prefix != null && reply.status() == one.status;
        if (!one.refusals.isEmpty() && !begun) {
            checkProblem(one, reply);
            return;
        }
        assertEquals(one.status, reply.status(), reply::toString);
        if (one.prefix != null) {
            assertFalse(reply.whole(), () -> "the answer looks whole: " + reply);
            assertTrue(reply.text().startsWith(one.prefix), reply::toString);
            return;
        }
        assertTrue(reply.whole(), () -> "the answer broke off: " + reply);
        if (one.answerBytes != null) {
            assertArrayEquals(one.answerBytes, reply.body());
        } else {
            assertEquals(one.answer, reply.text());
        }
    }

    private static void checkProblem(Case one, Reply reply) {
        assertTrue(reply.whole(), () -> "the answer broke off: " + reply);
        Refusal refusal = one.refusals.stream()
                .filter(either -> either.status() == reply.status())
                .findFirst()
                .orElse(one.refusals.get(0));
        assertEquals(refusal.status(), reply.status(), reply::toString);
        for (String leak : Hostile.LEAKS) {
            assertFalse(reply.text().contains(leak), () -> "'" + leak + "' stands in " + reply);
        }
        assertEquals("application/problem+json", reply.field("Content-Type"), reply::toString);
        assertEquals("no-store", reply.field("Cache-Control"), reply::toString);
        if (one.method.equals("HEAD")) {
            assertEquals("", reply.text());
            return;
        }
        String body = reply.text();
        assertTrue(body.contains("\"status\":" + refusal.status()), reply::toString);
        assertTrue(body.contains("\"code\":\"" + refusal.code() + "\""), reply::toString);
        assertTrue(body.contains("\"requestId\":\"" + reply.field("X-Request-Id") + "\""), reply::toString);
        String detail = one.detail;
        assertTrue(detail == null || body.contains(detail), reply::toString);
    }

    private static void checkFields(Case one, Request request, Reply reply) {
        assertEquals("nosniff", reply.field("X-Content-Type-Options"), reply::toString);
        if (!one.beforeTheEdge) {
            assertEquals("default-src 'none'; frame-ancestors 'none'", reply.field("Content-Security-Policy"));
            assertEquals("no-referrer", reply.field("Referrer-Policy"));
            if (!one.sendsId) {
                assertTrue(reply.field("X-Request-Id").matches("[0-9a-f-]{36}"), reply::toString);
            } else if (!one.expectedFields.containsKey("X-Request-Id")) {
                assertEquals(request.id(), reply.field("X-Request-Id"), reply::toString);
            }
        }
        one.expectedFields.forEach((name, value) ->
                assertEquals(normal(name, value), normal(name, reply.field(name)), () -> name + " of " + reply));
    }

    /** Containers spell a media type's parameters in their own ways. */
    private static String normal(String name, String value) {
        return name.equalsIgnoreCase("Content-Type")
                ? value.toLowerCase(Locale.ROOT).replace(" ", "")
                : value;
    }

    private static void checkInside(Case one, Request request, Reply reply) throws InterruptedException {
        Witness.Seen seen = Witness.of(request.id());
        seen.await(seen.admitted(), one.notes.size());
        if (!one.notes.isEmpty()) {
            assertEquals(one.notes, seen.notes());
        }
        assertEquals(seen.admitted(), seen.outcomes().size(), () -> "endings told: " + seen.outcomes());
        for (Outcome outcome : seen.outcomes()) {
            checkOutcome(one.ending, outcome, reply);
            if (one.endsWhole) {
                assertNotEquals(Ending.CUT_OFF, outcome.ending(), outcome::toString);
                assertTrue(reply.status() == 0 || reply.status() == outcome.status(), outcome::toString);
            }
        }
        if (one.behaviour != null && one.refusals.isEmpty() && one.alternative == null && one.admissions > 0) {
            assertEquals(one.admissions, seen.admitted(), "admissions");
        }
    }

    private static void checkOutcome(@Nullable Ending ending, Outcome outcome, Reply reply) {
        if (ending != null) {
            assertEquals(ending, outcome.ending(), outcome::toString);
        }
        if (ending == Ending.ANSWERED && reply.status() != 0) {
            assertEquals(reply.status(), outcome.status(), outcome::toString);
            assertEquals(reply.status() >= 400, outcome.problem() != null, outcome::toString);
        }
    }
}
