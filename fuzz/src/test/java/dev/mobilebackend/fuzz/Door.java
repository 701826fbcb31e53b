// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.edge.Edge;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * An edge with an application behind it, without a container. Behind it no input may cause a 5xx, a foreign exception,
 * a request that is never ended, over 100 ms of CPU, or memory beyond a small multiple of its size.
 */
final class Door {

    private static final int TRIES = 4;

    /** What is watched as it runs, to guide the search, takes several times as much. */
    private static final int WATCHED = System.getenv("JAZZER_FUZZ") == null ? 1 : 10;

    private static final long CPU_NANOS = 100_000_000L * WATCHED;
    private static final long MEMORY_BYTES = (16L << 20) * WATCHED;
    private static final long BYTES_PER_BYTE = 100L * WATCHED;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Edge edge;
    private final FilterChain application;

    Door(Edge edge, FilterChain application) {
        this.edge = edge;
        this.application = application;
    }

    /** Sends a request through the edge and to the handler, and demands that it does no harm. */
    FakeResponse send(FakeRequest request) {
        Cost best = cost(request);
        // Loading a class is not the request's own cost: the best of a few tries counts.
        for (int again = 0; again < TRIES && !isModest(best, request); again++) {
            best = cost(request);
        }
        FakeResponse response = best.response;
        require(response.status() < 500 || isTooLate(response), request, "was answered with " + response.status());
        require(
                isModest(best, request),
                request,
                "took " + best.nanos / 1_000_000 + " ms of CPU and " + best.bytes + " bytes of memory");
        response.headers().forEach((name, value) -> require(isOneLine(value), request, "breaks the field " + name));
        return response;
    }

    /** What a client asks for that waits no time at all. */
    private static boolean isTooLate(FakeResponse response) {
        return response.status() == 503 && response.text().contains("\"code\":\"too-late\"");
    }

    private static boolean isModest(Cost cost, FakeRequest request) {
        return cost.nanos < CPU_NANOS && cost.bytes < MEMORY_BYTES + BYTES_PER_BYTE * request.size();
    }

    private record Cost(FakeResponse response, long nanos, long bytes) {}

    private Cost cost(FakeRequest request) {
        var arrival = new Arrival(request);
        var response = new FakeResponse();
        long thread = Thread.currentThread().getId();
        long nanos = THREADS.getCurrentThreadCpuTime();
        long bytes = THREADS.getThreadAllocatedBytes(thread);
        try {
            edge.doFilter(arrival.asServlet(), response.asServlet(), application);
            arrival.tellListener();
        } catch (IOException | ServletException | RuntimeException e) {
            throw new AssertionError(request + " came out as an exception", e);
        }
        require(!arrival.isLeftOpen(), request, "was never ended");
        return new Cost(
                response, THREADS.getCurrentThreadCpuTime() - nanos, THREADS.getThreadAllocatedBytes(thread) - bytes);
    }

    private static boolean isOneLine(String value) {
        return value.indexOf('\r') < 0 && value.indexOf('\n') < 0 && value.indexOf('\0') < 0;
    }

    static void require(boolean holds, FakeRequest request, String fault) {
        if (!holds) {
            throw new AssertionError(request + " " + fault);
        }
    }
}
