// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.exchange.Exchange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request as the stored answers know it.
 *
 * @param scope what its answer is stored under, 32 bytes
 * @param fingerprint what it asks for: another one under the same scope is another request
 * @param policy how its retries are recognised
 * @param statusLink where its client finds out what became of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record IdempotentRequest(
        byte[] scope,
        byte[] fingerprint,
        IdempotencyPolicy policy,
        @Nullable String statusLink) {

    /** A database takes no bound of 0 for a wait. */
    private static final long LEAST_WAIT = 1_000_000;

    /**
     * The request of an exchange. Its scope is SHA-256 of who asks, for which method and route, and the key: keys of
     * different accounts or routes never meet. It waits for a duplicate no longer than its client waits for it. What is
     * unread of the body is read now.
     *
     * @throws IllegalStateException on a route that was not declared idempotent
     */
    public static IdempotentRequest of(Exchange exchange) {
        List<IdempotencyPolicy> declared = exchange.declared(IdempotencyPolicy.class);
        if (declared.isEmpty()) {
            throw new IllegalStateException(
                    "declare the route " + exchange.template() + " idempotent() in the route table");
        }
        IdempotencyPolicy policy = declared.get(0);
        String key = IdempotencyKey.of(exchange).value();
        byte[] scope = new Sha256()
                .addTerminated(exchange.caller().accountId())
                .addTerminated(exchange.facts().method())
                .addTerminated(exchange.template())
                .addTerminated(key)
                .finish();
        byte[] fingerprint = exchange.fingerprint();
        return new IdempotentRequest(
                scope, fingerprint, asLongAsAnybodyWaits(policy, exchange), statusLink(policy, key));
    }

    private static IdempotencyPolicy asLongAsAnybodyWaits(IdempotencyPolicy policy, Exchange exchange) {
        Duration left = Duration.ofNanos(Math.max(LEAST_WAIT, exchange.remainingNanos()));
        return left.compareTo(policy.lockWait()) < 0 ? policy.lockWait(left) : policy;
    }

    private static @Nullable String statusLink(IdempotencyPolicy policy, String key) {
        String template = policy.statusLink();
        return template == null
                ? null
                : template.replace(
                        "{key}", URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20"));
    }
}
