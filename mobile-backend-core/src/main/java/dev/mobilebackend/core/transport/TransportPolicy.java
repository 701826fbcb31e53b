// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import java.time.Duration;

/**
 * What may come in over the wire.
 *
 * @param plainHttp whether requests without TLS are answered at all
 * @param maximumBody largest body that is read, in bytes
 * @param strictTransport how long a browser remembers to use HTTPS only (RFC 6797)
 */
public record TransportPolicy(PlainHttp plainHttp, long maximumBody, Duration strictTransport) {

    /** Where plain HTTP is answered; elsewhere it is refused and never redirected, so that no token is sent twice. */
    public enum PlainHttp {
        NOWHERE,
        /** From this machine only, and not through a proxy on it: for development. */
        LOOPBACK
    }

    public TransportPolicy {
        if (maximumBody < 0) {
            throw new IllegalArgumentException("maximumBody must not be negative, was " + maximumBody);
        }
        if (strictTransport.isNegative()) {
            throw new IllegalArgumentException("strictTransport must not be negative, was " + strictTransport);
        }
    }

    /** HTTPS only, bodies to 1 MiB, strict transport for two years. */
    public static TransportPolicy strict() {
        return new TransportPolicy(PlainHttp.NOWHERE, 1024 * 1024, Duration.ofDays(730));
    }

    public TransportPolicy plainHttp(PlainHttp where) {
        return new TransportPolicy(where, maximumBody, strictTransport);
    }

    public TransportPolicy maximumBody(long bytes) {
        return new TransportPolicy(plainHttp, bytes, strictTransport);
    }
}
