// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.PATCH;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perDevice;

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
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.core.validate.Patch;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An application whose handlers read whatever can be read of a request, behind an edge with everything on. */
final class Things {

    /** One of each kind of value that a body may have and an answer too. */
    public record Body(
            String name,
            int count,
            long total,
            boolean gift,
            Instant at,
            @Nullable Gift wrapping,
            List<String> tags,
            @Nullable Inner inner,
            @Nullable LocalDate day,
            @Nullable Duration span,
            @Nullable UUID reference) {}

    public enum Gift {
        PAPER,
        BOX
    }

    public record Inner(double weight, @Nullable List<Inner> parts) {}

    /** A merge patch, and a secret. */
    public record Change(Patch<String> name, Patch<List<Inner>> parts, Patch<Integer> count, char @Nullable [] code) {}

    /** What an application is told of where a request came from. */
    public record Where(String client, boolean secure, String scheme, String host, int port, String url, String of) {}

    private static final AccessTokens TOKENS = AccessTokens.builder(
                    AccessTokenPolicy.of("https://api.shop.example", "shop"),
                    KeyRing.builder(new InMemoryKeyStore()).build())
            .build();

    /** The value of {@code Authorization} that signs in. */
    static final String AUTHORIZATION = "Bearer "
            + TOKENS.issue(new Caller("account-1", "session-1", Set.of())).token();

    private final Paging paging = new Paging(ServerSecret.of(new byte[32]), new PagePolicy(20, 100));

    private Things() {}

    static Door behind(TransportPolicy transport) {
        Edge edge = Edge.builder()
                .authenticate(new BearerStep(TOKENS, new Revocations(), Set.of()))
                .transport(transport)
                .limit(perClient(1_000_000, Duration.ofSeconds(1)))
                .routes(routes -> routes.open(GET, "/")
                        .open(GET, "/v1/things")
                        .open(GET, "/v1/things/{id}")
                        .limit(perDevice(1_000_000, Duration.ofSeconds(1)))
                        .open(POST, "/v1/things")
                        .open(PATCH, "/v1/things/{id}")
                        .open(POST, "/v1/forms")
                        .open(POST, "/v1/parts")
                        .open(POST, "/v1/texts")
                        .open(POST, "/v1/heard")
                        .open(GET, "/v1/where")
                        .signedIn(GET, "/v1/me")
                        .signedIn(POST, "/v1/orders/{id}/lines/{line}")
                        .idempotent()
                        .limit(perCaller(1_000_000, Duration.ofSeconds(1)))
                        .signedIn(POST, "/v1/heard/once")
                        .idempotent()
                        .open(GET, "/inside")
                        .privateNetwork())
                .build();
        return new Door(edge, new Things()::handle);
    }

    private void handle(ServletRequest asked, ServletResponse response) throws IOException, ServletException {
        var request = (HttpServletRequest) asked;
        Exchange exchange = Exchange.of(request);
        switch (exchange.facts().method() + " " + exchange.template()) {
            case "POST /v1/heard", "POST /v1/heard/once" -> Listening.to(request, exchange);
            case "GET /v1/things/{id}" -> {
                var length = new Inner(exchange.pathParameter("id").length(), null);
                exchange.send(ETag.ofVersion(7).onRead(exchange, Answer.json(200, JsonBody.write(length))));
            }
            default -> exchange.send(answer(request, exchange));
        }
    }

    private Answer answer(HttpServletRequest request, Exchange exchange) throws IOException, ServletException {
        switch (exchange.facts().method() + " " + exchange.template()) {
            case "GET /v1/things" -> paging.request(exchange);
            case "POST /v1/things" -> {
                return Answer.json(200, JsonBody.write(JsonBody.read(exchange, Body.class)));
            }
            case "PATCH /v1/things/{id}" -> JsonBody.read(exchange, Change.class);
            case "POST /v1/forms" -> {
                return Answer.of(request.getParameterMap().isEmpty() ? 204 : 200);
            }
            case "POST /v1/parts" -> {
                return Answer.of(parts(request) == 0 ? 204 : 200);
            }
            case "POST /v1/texts" -> request.getReader().transferTo(Writer.nullWriter());
            case "GET /v1/where" -> {
                return Answer.json(200, JsonBody.write(where(request, exchange)));
            }
            case "POST /v1/orders/{id}/lines/{line}" -> {
                exchange.fingerprint();
                ETag.ofVersion(7).requireOnChange(exchange);
            }
            default -> {}
        }
        return Answer.of(204);
    }

    private static long parts(HttpServletRequest request) throws IOException, ServletException {
        long read = 0;
        for (Part part : request.getParts()) {
            read += part.getName().length() + part.getInputStream().readAllBytes().length;
            if (part.getSubmittedFileName() != null) {
                read += part.getSubmittedFileName().length();
            }
        }
        return read + request.getParameterMap().size();
    }

    private static Where where(HttpServletRequest request, Exchange exchange) {
        return new Where(
                exchange.facts().client().toString(),
                request.isSecure(),
                request.getScheme(),
                request.getServerName(),
                request.getServerPort(),
                request.getRequestURL().toString(),
                String.valueOf(request.getHeader("Host")));
    }
}
