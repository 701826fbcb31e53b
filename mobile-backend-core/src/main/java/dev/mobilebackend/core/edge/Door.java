// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.RequestFacts;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Reads what is known of a request, once, and believes nothing that a client could use against us. */
final class Door {

    private static final int LONGEST_HEADER = 128;

    private final InstantSource clock;
    private final RandomGenerator random;

    Door(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    RequestFacts read(HttpServletRequest request) {
        String requestId = wellFormed(request.getHeader("X-Request-Id"));
        return new RequestFacts(
                requestId == null ? newRequestId() : requestId,
                clock.instant(),
                request.getMethod(),
                request.getRequestURI().substring(request.getContextPath().length()),
                ClientAddress.parse(request.getRemoteAddr()),
                request.isSecure(),
                wellFormed(request.getHeader("Device-Id")),
                wellFormed(request.getHeader("App-Version")));
    }

    String newRequestId() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    /** A value that can stand in a log line and a response field as it is, or nothing. */
    private static @Nullable String wellFormed(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > LONGEST_HEADER) {
            return null;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "-._~+/:".indexOf(c) < 0) {
                return null;
            }
        }
        return value;
    }
}
