// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.SCrypt;

/** scrypt (RFC 7914). */
final class ScryptHash implements PasswordHash {

    private final int n;
    private final int r;
    private final int p;
    private final byte[] salt;
    private final byte[] hash;

    private ScryptHash(int n, int r, int p, byte[] salt, byte[] hash) {
        this.n = n;
        this.r = r;
        this.p = p;
        this.salt = salt;
        this.hash = hash;
    }

    static PasswordHash of(long n, long r, long p, byte[] salt, byte[] hash, ForeignCap cap) {
        cap.requireScrypt(n, r, p);
        if (salt.length == 0 || hash.length < 16) {
            throw ForeignHashes.malformed("scrypt with a salt and at least 16 bytes of hash");
        }
        BouncyCastle.require("scrypt");
        return new ScryptHash((int) n, (int) r, (int) p, salt, hash);
    }

    @Override
    public boolean matches(char[] password) {
        return MessageDigest.isEqual(compute(password, salt, n, r, p, hash.length), hash);
    }

    @Override
    public String form() {
        return form(n, r, p);
    }

    static String form(int n, int r, int p) {
        return "scrypt with N=" + n + ",r=" + r + ",p=" + p;
    }

    static byte[] compute(char[] password, byte[] salt, int n, int r, int p, int length) {
        byte[] typed = PasswordText.asTyped(password);
        try {
            return SCrypt.generate(typed, salt, n, r, p, length);
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
    }
}
