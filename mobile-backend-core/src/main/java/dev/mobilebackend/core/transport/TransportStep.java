// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;

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
        } else if (!mayBePlain(exchange)) {
            throw Problem.PLAIN_HTTP
                    .detail("use the https:// form of this address")
                    .exception();
        }
    }

    private boolean mayBePlain(Exchange exchange) {
        ClientAddress client = exchange.facts().client();
        boolean near =
                switch (policy.plainHttp()) {
                    case NOWHERE -> false;
                    case LOOPBACK -> client.isLoopback();
                    case PRIVATE_NETWORK -> client.isPrivate();
                };
        return near && !exchange.isForwarded();
    }
}
