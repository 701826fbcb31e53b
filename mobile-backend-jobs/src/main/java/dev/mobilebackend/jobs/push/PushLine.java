// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * How a sender reaches its platform.
 *
 * @param platform its address, which must be https
 * @param clients makes a client that speaks HTTP/2, and another one after a time in which the one before got no answer
 * @param timeout for each whole answer
 */
public record PushLine(URI platform, Supplier<HttpClient> clients, Duration timeout, InstantSource clock) {

    private static final Duration STANDARD_TIMEOUT = Duration.ofSeconds(10);

    public PushLine {
        checkAddress(platform);
        requireNonNull(clients, "clients must not be null: leave them out for our own");
        requireNonNull(clock, "clock must not be null: leave it out for the system's");
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("timeout must be from PT0.001S to PT10M, was " + timeout);
        }
    }

    /** With the JDK's own clients, which are given ten seconds for an answer. */
    public static PushLine to(URI platform) {
        return new PushLine(platform, PushLine::client, STANDARD_TIMEOUT, Ambient.clock());
    }

    public PushLine clients(Supplier<HttpClient> factory) {
        return new PushLine(platform, factory, timeout, clock);
    }

    public PushLine timeout(Duration wait) {
        return new PushLine(platform, clients, wait, clock);
    }

    public PushLine clock(InstantSource source) {
        return new PushLine(platform, clients, timeout, source);
    }

    static URI checkAddress(URI address) {
        if (!"https".equals(address.getScheme()) || address.getHost() == null) {
            throw new IllegalArgumentException("a platform's address must be https, was " + address);
        }
        return address;
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .connectTimeout(STANDARD_TIMEOUT)
                .build();
    }
}
