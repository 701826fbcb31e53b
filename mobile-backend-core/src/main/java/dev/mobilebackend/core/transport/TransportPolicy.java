// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What may come in over the wire.
 *
 * @param plainHttp where requests without TLS are answered at all
 * @param proxies who is believed when a request says where it came from
 * @param cors which web origins may read answers
 * @param head how large a request may be before its body
 * @param body how large and how slow a body may be, on every route that declares nothing else
 * @param waiting most requests that wait for the rest of their bodies at once, a quarter of them from one client's
 *     network; each holds a thread of the container, so it should be fewer than the container has
 * @param strictTransport how long a browser remembers to use HTTPS only (RFC 6797)
 */
public record TransportPolicy(
        PlainHttp plainHttp,
        TrustedProxies proxies,
        CorsPolicy cors,
        HeadPolicy head,
        BodyPolicy body,
        int waiting,
        Duration strictTransport) {

    /** Where plain HTTP is answered; elsewhere it is refused and never redirected, so that no token is sent twice. */
    public enum PlainHttp {
        NOWHERE,
        /** From this machine only, and not through a proxy: for development. */
        LOOPBACK,
        /**
         * From the operator's own network, and not through a proxy: for the health checks of a load balancer, and for
         * services that speak to each other there.
         */
        PRIVATE_NETWORK
    }

    public TransportPolicy {
        requireNonNull(plainHttp, "plainHttp must not be null: PlainHttp.NOWHERE is the strictest");
        requireNonNull(proxies, "proxies must not be null: TrustedProxies.none() believes nobody");
        requireNonNull(cors, "cors must not be null: CorsPolicy.none() lets no other origin in");
        requireNonNull(head, "head must not be null: HeadPolicy.standard() is the usual one");
        requireNonNull(body, "body must not be null: BodyPolicy.standard() is the usual one");
        requireNonNull(strictTransport, "strictTransport must not be null");
        if (waiting < 1) {
            throw new IllegalArgumentException("waiting must be at least 1, was " + waiting);
        }
        if (strictTransport.isNegative()) {
            throw new IllegalArgumentException("strictTransport must not be negative, was " + strictTransport);
        }
    }

    /**
     * HTTPS only, no proxy, no other origin, bodies to 1 MiB of which 100 may keep us waiting, strict transport for two
     * years.
     */
    public static TransportPolicy strict() {
        return new TransportPolicy(
                PlainHttp.NOWHERE,
                TrustedProxies.none(),
                CorsPolicy.none(),
                HeadPolicy.standard(),
                BodyPolicy.standard(),
                100,
                Duration.ofDays(730));
    }

    public TransportPolicy plainHttp(PlainHttp where) {
        return new TransportPolicy(where, proxies, cors, head, body, waiting, strictTransport);
    }

    /**
     * Believes proxies in these networks, such as {@code 10.0.0.0/8}, about where a request came from.
     *
     * @throws IllegalStateException if proxies were named before: all of them set one kind of field
     */
    public TransportPolicy trustedProxies(TrustedProxies.Field field, String... networks) {
        if (proxies.any()) {
            throw new IllegalStateException("trustedProxies was called twice, and the second call would replace the"
                    + " first: name all networks in one call, or in none");
        }
        TrustedProxies trusted = TrustedProxies.of(field, networks);
        return new TransportPolicy(plainHttp, trusted, cors, head, body, waiting, strictTransport);
    }

    public TransportPolicy cors(CorsPolicy policy) {
        return new TransportPolicy(plainHttp, proxies, policy, head, body, waiting, strictTransport);
    }

    public TransportPolicy head(HeadPolicy policy) {
        return new TransportPolicy(plainHttp, proxies, cors, policy, body, waiting, strictTransport);
    }

    public TransportPolicy body(BodyPolicy policy) {
        return new TransportPolicy(plainHttp, proxies, cors, head, policy, waiting, strictTransport);
    }

    public TransportPolicy maximumBody(long bytes) {
        return body(body.maximum(bytes));
    }

    public TransportPolicy waiting(int requests) {
        return new TransportPolicy(plainHttp, proxies, cors, head, body, requests, strictTransport);
    }
}
