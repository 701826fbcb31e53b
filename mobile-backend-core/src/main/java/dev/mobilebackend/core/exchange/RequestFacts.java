// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request at the door, read once.
 *
 * @param requestId the client's {@code X-Request-Id} where it is well formed, otherwise a new one
 * @param receivedAt when it came in: the "now" of everything that is decided about this request
 * @param method the method as sent
 * @param path the path as sent, still encoded, without query
 * @param client where it came from
 * @param secure whether it came over HTTPS
 * @param deviceId the app installation, from {@code Device-Id}; a claim of the client's, never proof
 * @param appVersion the app's version, from {@code App-Version}; a claim of the client's
 * @param deadline when the client stops waiting, from {@code Request-Timeout} in milliseconds: a span and not a time,
 *     since phones' clocks are wrong
 */
public record RequestFacts(
        String requestId,
        Instant receivedAt,
        String method,
        String path,
        ClientAddress client,
        boolean secure,
        @Nullable String deviceId,
        @Nullable String appVersion,
        @Nullable Instant deadline) {}
