// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Refuses plain HTTP instead of redirecting it (OWASP ASVS 5.0, 4.1.2) and sets the fields that keep an answer from
 * being sniffed, framed or referred from (3.4).
 */
public final class TransportStep implements EdgeStep {

    private static final String SNIFFING = "nosniff";
    private static final String CONTENT = "default-src 'none'; frame-ancestors 'none'";
    private static final String REFERRER = "no-referrer";

    private final TransportPolicy policy;
    private final String strictTransport;

    public TransportStep(TransportPolicy policy) {
        this.policy = policy;
        this.strictTransport = "max-age=" + policy.strictTransport().toSeconds() + "; includeSubDomains";
    }

    @Override
    public void apply(Exchange exchange) {
        exchange.setHeader("X-Request-Id", exchange.facts().requestId());
        // Added, since a line that stands there already can only forbid more, and to look for one costs more than a
        // line.
        exchange.addHeader("X-Content-Type-Options", SNIFFING);
        exchange.addHeader("Content-Security-Policy", CONTENT);
        exchange.addHeader("Referrer-Policy", REFERRER);
        if (exchange.facts().secure()) {
            exchange.setHeader("Strict-Transport-Security", strictTransport);
        } else if (!mayBePlain(exchange)) {
            throw Problem.PLAIN_HTTP
                    .detail("use the https:// form of this address")
                    .exception();
        }
    }

    /**
     * Every field of an answer in which nobody else has a say, to a request that a container refuses before any filter:
     * beside those of the problem the ones that each answer of ours carries. Its body is {@link ProblemWriter#body}.
     */
    public static Map<String, String> loneFields(Problem problem, String requestId) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("X-Request-Id", requestId);
        fields.put("X-Content-Type-Options", SNIFFING);
        fields.put("Content-Security-Policy", CONTENT);
        fields.put("Referrer-Policy", REFERRER);
        fields.put("Vary", "Accept-Language");
        if (problem.status() == 503) {
            fields.put("Retry-After", "1");
        } else if (problem.status() == 426) {
            // Jetty says so to whoever speaks too old a version (RFC 9110 sections 7.8 and 15.5.22).
            fields.put("Upgrade", "HTTP/1.1");
            fields.put("Connection", "upgrade, close");
        }
        fields.putAll(ProblemWriter.fields(problem));
        return fields;
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
