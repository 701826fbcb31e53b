// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** PBKDF2 (RFC 8018 section 5.2), as the JDK has it. */
final class Pbkdf2Hash implements PasswordHash {

    enum Digest {
        SHA1,
        SHA256,
        SHA512
    }

    private final Digest digest;
    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private Pbkdf2Hash(Digest digest, int iterations, byte[] salt, byte[] hash) {
        this.digest = digest;
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    static PasswordHash of(Digest digest, long iterations, byte[] salt, byte[] hash, ForeignCap cap) {
        cap.requirePbkdf2(iterations);
        if (salt.length == 0 || hash.length < 16 || hash.length > 128) {
            throw ForeignHashes.malformed("PBKDF2 with a salt and 16 to 128 bytes of hash");
        }
        return new Pbkdf2Hash(digest, (int) iterations, salt, hash);
    }

    @Override
    public boolean matches(char[] password) {
        var spec = new PBEKeySpec(password, salt, iterations, 8 * hash.length);
        try {
            byte[] computed = SecretKeyFactory.getInstance("PBKDF2WithHmac" + digest)
                    .generateSecret(spec)
                    .getEncoded();
            return MessageDigest.isEqual(computed, hash);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has PBKDF2 with " + digest, missing);
        } finally {
            spec.clearPassword();
        }
    }

    @Override
    public String form() {
        return "PBKDF2 with " + digest + ", " + hash.length + " bytes and " + iterations + " iterations";
    }

    /** Iterations add up, so fewer of them are a part of more. */
    @Override
    public @Nullable PasswordHash rest(PasswordHash other) {
        return other instanceof Pbkdf2Hash more
                        && more.digest == digest
                        && more.hash.length == hash.length
                        && more.iterations > iterations
                ? new Pbkdf2Hash(digest, more.iterations - iterations, salt, hash)
                : PasswordHash.super.rest(other);
    }
}
