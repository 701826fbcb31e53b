// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;

/**
 * Refuses plain HTTP instead of redirecting it (OWASP ASVS 5.0, 4.1.2) and sets the fields that keep an answer from
 * being sniffed, framed or referred from (3.4).
 */
public final class TransportStep implements EdgeStep {

    private final TransportPolicy policy;
    private final String strictTransport;

    public TransportStep(TransportPolicy policy) {
        this.policy = policy;
        this.strictTransport = "max-age=" + policy.strictTransport().toSeconds() + "; includeSubDomains";
    }

    @Override
    public void apply(Exchange exchange) {
        exchange.setHeader("X-Request-Id", exchange.facts().requestId());
        exchange.setHeader("X-Content-Type-Options", "nosniff");
        exchange.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        exchange.setHeader("Referrer-Policy", "no-referrer");
        if (exchange.facts().secure()) {
            exchange.setHeader("Strict-Transport-Security", strictTransport);
        } else if (policy.plainHttp() == PlainHttp.NOWHERE
                || !exchange.facts().client().isLoopback()
                || exchange.isForwarded()) {
            throw Problem.PLAIN_HTTP
                    .detail("use the https:// form of this address")
                    .exception();
        }
    }
}
