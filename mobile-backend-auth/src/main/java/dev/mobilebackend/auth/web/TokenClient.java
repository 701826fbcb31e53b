// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.digest.Sha256;
import java.security.MessageDigest;

/**
 * Another service that may ask what a token is good for. Holds no more than a digest of its secret, which is enough for
 * one that is random and long.
 */
public final class TokenClient {

    private static final int SHORTEST = 32;

    private final String id;
    private final byte[] digest;

    private TokenClient(String id, byte[] digest) {
        this.id = id;
        this.digest = digest;
    }

    /**
     * A service by its name and secret.
     *
     * @throws IllegalArgumentException if the secret has less than 32 characters
     */
    public static TokenClient of(String id, String secret) {
        requireNonNull(id, "id must not be null: the name of the service that asks");
        requireNonNull(secret, "secret must not be null: make one with 'openssl rand -base64 32'");
        if (id.isBlank()) {
            throw new IllegalArgumentException("a client's id must name the service, was blank");
        }
        if (secret.length() < SHORTEST) {
            throw new IllegalArgumentException("the secret of client " + id + " must have at least " + SHORTEST
                    + " characters, had " + secret.length() + ": make one with 'openssl rand -base64 32'");
        }
        return new TokenClient(id, Sha256.of(secret));
    }

    public String id() {
        return id;
    }

    boolean hasSecret(String presented) {
        return MessageDigest.isEqual(digest, Sha256.of(presented));
    }

    @Override
    public String toString() {
        return "TokenClient[" + id + ", hidden]";
    }
}
