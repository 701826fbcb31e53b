// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.web.BearerStep;
import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.page.PagePolicy;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.validate.JsonBody;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An edge with everything on, without a container, whose one handler reads whatever can be read of a request. Behind
 * it no input may cause a 5xx, a foreign exception, over 100 ms of CPU, or memory beyond a small multiple of its size.
 */
final class Door {

    /** One of each kind of value that a body may have. */
    public record Body(
            String name,
            int count,
            long total,
            boolean gift,
            Instant at,
            @Nullable Gift wrapping,
            List<String> tags,
            @Nullable Inner inner) {}

    public enum Gift {
        PAPER,
        BOX
    }

    public record Inner(double weight, @Nullable List<Inner> parts) {}

    private static final int TRIES = 4;

    /** What is watched as it runs, to guide the search, takes several times as much. */
    private static final int WATCHED = System.getenv("JAZZER_FUZZ") == null ? 1 : 10;

    private static final long CPU_NANOS = 100_000_000L * WATCHED;
    private static final long MEMORY_BYTES = (16L << 20) * WATCHED;
    private static final long BYTES_PER_BYTE = 100L * WATCHED;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Paging paging = new Paging(ServerSecret.of(new byte[32]), new PagePolicy(20, 100));
    private final AccessTokens tokens;
    private final Edge edge;
    private final String token;

    Door() {
        tokens = AccessTokens.builder(
                        AccessTokenPolicy.of("https://api.shop.example", "shop"),
                        KeyRing.builder(new InMemoryKeyStore()).build())
                .build();
        token = "Bearer "
                + tokens.issue(new Caller("account-1", "session-1", Set.of())).token();
        edge = Edge.builder()
                .authenticate(new BearerStep(tokens, new Revocations(), Set.of()))
                .limit(perClient(1_000_000, Duration.ofSeconds(1)))
                .routes(routes -> routes.open(GET, "/")
                        .open(GET, "/v1/things")
                        .open(GET, "/v1/things/{id}")
                        .open(POST, "/v1/things")
                        .open(POST, "/v1/forms")
                        .signedIn(GET, "/v1/me")
                        .signedIn(POST, "/v1/orders/{id}/lines/{line}")
                        .idempotent()
                        .limit(perCaller(1_000_000, Duration.ofSeconds(1)))
                        .open(GET, "/inside")
                        .privateNetwork())
                .build();
    }

    /** The field that signs in. */
    String authorization() {
        return token;
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
        return response.status() == 503
                && new String(response.body(), StandardCharsets.UTF_8).contains("\"code\":\"too-late\"");
    }

    private static boolean isModest(Cost cost, FakeRequest request) {
        return cost.nanos < CPU_NANOS && cost.bytes < MEMORY_BYTES + BYTES_PER_BYTE * request.size();
    }

    private record Cost(FakeResponse response, long nanos, long bytes) {}

    private Cost cost(FakeRequest request) {
        var response = new FakeResponse();
        long thread = Thread.currentThread().getId();
        long nanos = THREADS.getCurrentThreadCpuTime();
        long bytes = THREADS.getThreadAllocatedBytes(thread);
        try {
            edge.doFilter(request.asServlet(), response.asServlet(), this::handle);
        } catch (IOException | ServletException | RuntimeException e) {
            throw new AssertionError(request + " came out as an exception", e);
        }
        return new Cost(
                response, THREADS.getCurrentThreadCpuTime() - nanos, THREADS.getThreadAllocatedBytes(thread) - bytes);
    }

    private void handle(ServletRequest request, ServletResponse response) throws IOException {
        Exchange exchange = Exchange.of(request);
        switch (exchange.template()) {
            case "/v1/things" -> {
                if (exchange.facts().method().equals("POST")) {
                    exchange.send(Answer.json(200, JsonBody.write(JsonBody.read(exchange, Body.class))));
                } else {
                    paging.request(exchange);
                    exchange.send(Answer.of(204));
                }
            }
            case "/v1/things/{id}" -> {
                exchange.send(ETag.ofVersion(7)
                        .onRead(
                                exchange,
                                Answer.json(
                                        200,
                                        JsonBody.write(new Inner(
                                                exchange.pathParameter("id").length(), null)))));
            }
            case "/v1/forms" -> {
                int fields = request.getParameterMap().size();
                exchange.send(Answer.of(fields == 0 ? 204 : 200));
            }
            case "/v1/orders/{id}/lines/{line}" -> {
                exchange.fingerprint();
                ETag.ofVersion(7).requireOnChange(exchange);
                exchange.send(Answer.of(204));
            }
            default -> exchange.send(Answer.of(204));
        }
    }

    private static boolean isOneLine(String value) {
        return value.indexOf('\r') < 0 && value.indexOf('\n') < 0 && value.indexOf('\0') < 0;
    }

    private static void require(boolean holds, FakeRequest request, String fault) {
        if (!holds) {
            throw new AssertionError(request + " " + fault);
        }
    }
}
