// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Where proofs are for, and how long one is taken.
 *
 * @param origins how apps address this service, such as {@code https://api.shop.example}, with the path that a proxy
 *     takes off, if it does; a proof is for one of these, whatever a request says in {@code Host}
 * @param window how far the device's clock may be off, and how long a nonce is good that helps where it is further
 * @param remembered how many proofs this instance remembers having seen, about 100 bytes each; more than come within
 *     twice the window, or the oldest can be used again
 */
public record DpopPolicy(List<String> origins, Duration window, int remembered) {

    public DpopPolicy {
        requireNonNull(origins, "origins must not be null: such as List.of(\"https://api.shop.example\")");
        requireNonNull(window, "window must not be null: DpopPolicy.of(origins) has two minutes");
        if (origins.isEmpty()) {
            throw new IllegalArgumentException(
                    "origins must name how apps address this service, such as https://api.shop.example, were none");
        }
        origins = origins.stream().map(DpopPolicy::normalised).toList();
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("window must be 1 second to 1 hour, was " + window);
        }
        if (remembered < 1) {
            throw new IllegalArgumentException("remembered must be at least 1, was " + remembered);
        }
    }

    /** Two minutes, and the last 200,000 proofs. */
    public static DpopPolicy of(String... origins) {
        requireNonNull(origins, "origins must not be null: such as https://api.shop.example");
        return new DpopPolicy(Arrays.asList(origins), Duration.ofMinutes(2), 200_000);
    }

    public DpopPolicy window(Duration time) {
        return new DpopPolicy(origins, time, remembered);
    }

    public DpopPolicy remembered(int proofs) {
        return new DpopPolicy(origins, window, proofs);
    }

    private static String normalised(String origin) {
        requireNonNull(origin, "an origin must not be null: such as https://api.shop.example");
        String uri = TargetUri.normalised(origin);
        if (uri == null || origin.indexOf('?') >= 0 || origin.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "an origin must be like https://api.shop.example, without query or fragment, was '" + origin + "'");
        }
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }
}
