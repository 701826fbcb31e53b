// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static java.util.Objects.requireNonNull;

import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A key that goes into hashes and is kept outside the database, so that whoever has only the database cannot try
 * passwords against it: the secret value K of RFC 9106 section 3.1. A hash names its pepper; one that is lost makes
 * every hash under it useless. Immutable and thread safe.
 */
public final class Pepper {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,8}");
    private static final int MINIMUM_BYTES = 16;

    private final String id;
    private final byte[] key;

    private Pepper(String id, byte[] key) {
        requireNonNull(id, "id must not be null: such as 2026a");
        requireNonNull(key, "key must not be null: make one with 'openssl rand -base64 32'");
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "a pepper's id must be 1 to 8 letters, digits, - or _, such as 2026a, was '" + id + "'");
        }
        if (key.length < MINIMUM_BYTES) {
            throw new IllegalArgumentException("pepper '" + id + "' must have at least " + MINIMUM_BYTES
                    + " bytes, had " + key.length + ": make one with 'openssl rand -base64 32'");
        }
        this.id = id;
        this.key = key.clone();
    }

    /**
     * A pepper.
     *
     * @param id as it stands in hashes: another key needs another id
     * @param key at least 16 random bytes
     */
    public static Pepper of(String id, byte[] key) {
        return new Pepper(id, key);
    }

    /** A pepper as it stands in an environment variable: Base64. */
    public static Pepper ofBase64(String id, String text) {
        requireNonNull(text, "text must not be null: make one with 'openssl rand -base64 32'");
        try {
            return new Pepper(id, Base64.getDecoder().decode(text.strip()));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("pepper '" + id + "' must be Base64 of at least " + MINIMUM_BYTES
                    + " bytes: make one with 'openssl rand -base64 32'");
        }
    }

    public String id() {
        return id;
    }

    byte[] key() {
        return key;
    }

    @Override
    public String toString() {
        return "Pepper[" + id + ", hidden]";
    }
}
