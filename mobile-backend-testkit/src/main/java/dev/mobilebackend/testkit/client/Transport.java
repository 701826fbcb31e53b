// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** Sends a request until it is answered for good: the same bytes each time, so the same idempotency key. */
final class Transport {

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final RetryPolicy policy;
    private final InstantSource clock;
    private final Consumer<Duration> waiting;

    Transport(RetryPolicy policy, InstantSource clock, Consumer<Duration> waiting) {
        this.policy = policy;
        this.clock = clock;
        this.waiting = waiting;
    }

    Reply send(HttpRequest request) {
        for (int attempt = 1; ; attempt++) {
            Duration wait;
            try {
                Reply reply = sendOnce(request);
                Optional<Duration> asked = policy.waitAskedBy(reply, clock.instant());
                if (asked.isEmpty() || attempt == policy.attempts()) {
                    return reply;
                }
                wait = asked.get();
            } catch (IOException lost) {
                if (attempt == policy.attempts()) {
                    throw new UncheckedIOException(
                            request.method() + " " + request.uri() + " was not answered in " + attempt + " attempts",
                            lost);
                }
                wait = policy.waitAfter(attempt);
            }
            waiting.accept(wait);
        }
    }

    private Reply sendOnce(HttpRequest request) throws IOException {
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), response.headers().map(), response.body());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    new InterruptedIOException("interrupted in " + request.method() + " " + request.uri()));
        }
    }
}
