// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.spring;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.web.filter.OncePerRequestFilter;

/** A request id, and a bucket for each client address, as Bucket4j's documentation puts them into a filter. */
final class ClientLimit extends OncePerRequestFilter {

    private static final int PERMITS = 1_000_000;

    private final LoadingCache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(100_000)
            .build(client -> Bucket.builder()
                    .addLimit(limit -> limit.capacity(PERMITS).refillGreedy(PERMITS, Duration.ofSeconds(1)))
                    .build());

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String asked = request.getHeader("X-Request-Id");
        response.setHeader("X-Request-Id", asked == null ? UUID.randomUUID().toString() : asked);
        request.setAttribute("deviceId", request.getHeader("Device-Id"));
        request.setAttribute("appVersion", request.getHeader("App-Version"));
        ConsumptionProbe probe = buckets.get(request.getRemoteAddr()).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            response.setHeader(
                    "Retry-After",
                    Long.toString(
                            Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1));
            response.sendError(429);
            return;
        }
        response.setHeader("X-Rate-Limit-Remaining", Long.toString(probe.getRemainingTokens()));
        chain.doFilter(request, response);
    }
}
