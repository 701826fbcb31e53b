// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An Argon2id hash with all that is needed to compute it again, as a PHC string: {@code
 * $argon2id$v=19$m=19456,t=2,p=1,keyid=MjAyNmE$<salt>$<hash>}, where {@code keyid} stands only if a pepper went in.
 */
final class StoredHash {

    private static final Pattern PHC = Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,9}),p=(\\d{1,3})"
            + "(?:,keyid=([A-Za-z0-9+/]{2,11}))?\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    private final Argon2Cost cost;
    private final @Nullable String pepperId;
    private final byte[] salt;
    private final byte[] hash;

    StoredHash(Argon2Cost cost, @Nullable String pepperId, byte[] salt, byte[] hash) {
        this.cost = cost;
        this.pepperId = pepperId;
        this.salt = salt;
        this.hash = hash;
    }

    /** Whether a text is meant to be one of these. */
    static boolean isForm(String text) {
        return text.startsWith("$argon2");
    }

    /**
     * The hash that a PHC string says.
     *
     * @throws IllegalArgumentException if the text is anything else; the message does not repeat it
     */
    static StoredHash parse(String text) {
        Matcher parts = PHC.matcher(text);
        if (!parts.matches()) {
            throw ForeignHashes.malformed("an Argon2id PHC string such as $argon2id$v=19$m=19456,t=2,p=1$...");
        }
        var cost = new Argon2Cost(
                Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
        Base64.Decoder base64 = Base64.getDecoder();
        String keyId = parts.group(4);
        try {
            return new StoredHash(
                    cost,
                    keyId == null ? null : new String(base64.decode(keyId), StandardCharsets.US_ASCII),
                    base64.decode(parts.group(5)),
                    base64.decode(parts.group(6)));
        } catch (IllegalArgumentException malformed) {
            throw ForeignHashes.malformed("an Argon2id PHC string with Base64 in its salt and hash");
        }
    }

    /** Refuses a hash that would cost more than it may. */
    void requireWithin(Argon2Cost cap) {
        if (!cost.isWithin(cap)) {
            throw new IllegalArgumentException("stored password hash asks for " + cost + ", which is over the cap "
                    + cap + ": raise the policy's cap if it is to be computed");
        }
    }

    boolean matches(byte[] password, Argon2Engine engine, byte[] pepper) {
        byte[] actual = engine.compute(cost, password, salt, pepper, new byte[0], hash.length);
        return MessageDigest.isEqual(actual, hash);
    }

    /** Whether salt or hash have fewer bytes than we give them. */
    boolean isShorterThan(int saltBytes, int hashBytes) {
        return salt.length < saltBytes || hash.length < hashBytes;
    }

    /** What its work depends on. */
    String form() {
        return "Argon2id with " + cost;
    }

    Argon2Cost cost() {
        return cost;
    }

    /** The pepper that went in, null where none did. */
    @Nullable
    String pepperId() {
        return pepperId;
    }

    /** As a PHC string. */
    String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        String key =
                pepperId == null ? "" : ",keyid=" + base64.encodeToString(pepperId.getBytes(StandardCharsets.US_ASCII));
        return "$argon2id$v=19$" + cost + key + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    @Override
    public String toString() {
        return "StoredHash[" + cost + ", hidden]";
    }
}
