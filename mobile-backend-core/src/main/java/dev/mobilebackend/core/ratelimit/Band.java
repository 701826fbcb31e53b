// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Mode;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Unit;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One policy of a limit with its rates and its response fields (draft-ietf-httpapi-ratelimit-headers-10). Thread safe.
 */
final class Band {

    /** How many times its permits the /48 of a client has: enough for a campus, far from its 65,536 networks. */
    private static final int SITE = 16;

    private static final int READINGS = 16;

    private final CountedLimit limit;
    private final RateLimitPolicy policy;
    private final Rate own;
    private final Rate site;
    private final String policyField;
    private final String start;
    private final String end;

    /** What the field said lately, since most clients have most of their permits. Threads that race write it anew. */
    private final @Nullable Reading[] readings = new Reading[READINGS];

    private record Reading(long remaining, long seconds, String field) {}

    Band(CountedLimit limit, RateLimitPolicy policy) {
        this.limit = limit;
        this.policy = policy;
        own = Rate.of(policy);
        long siteInterval = Math.max(1, own.interval() / SITE);
        site = new Rate(own.window() / siteInterval, siteInterval);
        String partition = policy.partition();
        start = '"' + policy.name() + '"';
        end = partition == null
                ? ""
                : ";pk=:" + Base64.getEncoder().encodeToString(partition.getBytes(StandardCharsets.UTF_8)) + ':';
        String unit = policy.unit() == Unit.CONTENT_BYTES ? ";qu=\"content-bytes\"" : "";
        policyField = start + ";q=" + policy.permits() + ";w=" + policy.window().toSeconds() + unit + end;
    }

    CountedLimit limit() {
        return limit;
    }

    RateLimitPolicy policy() {
        return policy;
    }

    boolean isEnforced() {
        return policy.mode() == Mode.ENFORCED;
    }

    /** For one subject. */
    Rate own() {
        return own;
    }

    /** For the whole /48 that an IPv6 client belongs to. */
    Rate site() {
        return site;
    }

    /** Says what is left, and after how many microseconds there will be more. */
    void allow(Exchange exchange, long remaining, long wait) {
        exchange.addHeader("RateLimit-Policy", policyField);
        exchange.addHeader("RateLimit", field(remaining, seconds(wait)));
    }

    static long seconds(long micros) {
        return Math.max(1, (micros + 999_999) / 1_000_000);
    }

    /** The value of {@code RateLimit-Policy}. */
    String policyField() {
        return policyField;
    }

    /** The value of {@code RateLimit}. */
    String field(long remaining, long seconds) {
        int at = (int) (remaining + seconds) & (READINGS - 1);
        Reading last = readings[at];
        if (last != null && last.remaining == remaining && last.seconds == seconds) {
            return last.field;
        }
        String field = start + ";r=" + remaining + ";t=" + seconds + end;
        readings[at] = new Reading(remaining, seconds, field);
        return field;
    }

    /** The value of {@code RateLimit} where another limit says how long to wait. */
    String field(long remaining) {
        return start + ";r=" + remaining + end;
    }
}
