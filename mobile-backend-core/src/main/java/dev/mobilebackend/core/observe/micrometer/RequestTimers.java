// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe.micrometer;

import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.RequestFacts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one route, found by what differs between its requests: a short list, since a route answers with few
 * statuses.
 */
final class RequestTimers {

    /** The bounds that the semantic conventions of OpenTelemetry advise. */
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(75),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofMillis(750),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofMillis(7_500),
        Duration.ofSeconds(10)
    };

    private record Known(int status, Ending ending, boolean secure, boolean head, Timer timer) {}

    private final MeterRegistry registry;
    private final String method;
    private final String route;
    private volatile Known[] known = {};

    RequestTimers(MeterRegistry registry, String method, String route) {
        this.registry = registry;
        this.method = method;
        this.route = route;
    }

    Timer timer(RequestFacts facts, Outcome outcome) {
        int status = outcome.status() >= 100 && outcome.status() <= 599 ? outcome.status() : 0;
        boolean head = facts.method().equals("HEAD");
        Timer timer = find(status, outcome.ending(), facts.secure(), head);
        return timer != null ? timer : add(status, outcome.ending(), facts.secure(), head);
    }

    private @Nullable Timer find(int status, Ending ending, boolean secure, boolean head) {
        for (Known like : known) {
            if (like.status == status && like.ending == ending && like.secure == secure && like.head == head) {
                return like.timer;
            }
        }
        return null;
    }

    private synchronized Timer add(int status, Ending ending, boolean secure, boolean head) {
        Timer made = find(status, ending, secure, head);
        if (made != null) {
            return made;
        }
        Timer timer = Timer.builder("http.server.request.duration")
                .description("Duration of HTTP server requests")
                .tag("http.request.method", head ? "HEAD" : method)
                .tag("http.route", route)
                .tag("http.response.status_code", status == 0 ? "_OTHER" : Integer.toString(status))
                .tag("error.type", errorType(status, ending))
                .tag("url.scheme", secure ? "https" : "http")
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
        Known[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = new Known(status, ending, secure, head, timer);
        known = more;
        return timer;
    }

    /** What of our own went wrong; a client's mistake is none of ours. */
    private static String errorType(int status, Ending ending) {
        return switch (ending) {
            case CLIENT_GONE -> "client_gone";
            case CUT_OFF -> "cut_off";
            case ANSWERED -> status >= 500 ? Integer.toString(status) : "none";
        };
    }
}
