// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.remote.RemoteCall;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The line to a platform. The JDK's client keeps one HTTP/2 connection and stays on it when it has gone silent, as behind
 * a firewall that forgot it: so after an answer that did not come, the next request has a client of its own.
 */
final class Remote {

    private static final int MOST_BYTES = 1 << 16;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final PushLine line;
    private final AtomicReference<HttpClient> current;

    Remote(PushLine line) {
        this.line = line;
        this.current = new AtomicReference<>(another());
    }

    Instant now() {
        return line.clock().instant();
    }

    Duration timeout() {
        return line.timeout();
    }

    /** A request that gives up by itself, to be completed. */
    HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address).timeout(line.timeout());
    }

    HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        HttpClient client = current.get();
        try {
            return RemoteCall.send(client, request, line.timeout(), MOST_BYTES);
        } catch (HttpTimeoutException silent) {
            leave(client);
            throw silent;
        }
    }

    /** Once for all that wait on the same one. */
    private synchronized void leave(HttpClient silent) {
        if (current.get().equals(silent)) {
            current.set(another());
        }
    }

    private HttpClient another() {
        return requireNonNull(line.clients().get(), "clients must make a client each time");
    }

    @Nullable
    Duration retryAfter(HttpResponse<?> response) {
        return retryAfter(response.headers().firstValue("retry-after").orElse(""), now());
    }

    /** {@code Retry-After} (RFC 9110 section 10.2.3), a day at most, or null where it says nothing. */
    static @Nullable Duration retryAfter(String field, Instant now) {
        String text = field.strip();
        try {
            Duration wait = text.matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(text))
                    : Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
            if (wait.isNegative()) {
                return null;
            }
            return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        } catch (DateTimeException none) {
            return null;
        }
    }
}
