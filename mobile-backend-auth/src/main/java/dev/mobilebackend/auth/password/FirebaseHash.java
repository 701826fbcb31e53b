// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Firebase's own scrypt: the project's signer key, encrypted under what scrypt makes of the password. */
final class FirebaseHash implements PasswordHash {

    private static final int DERIVED_BYTES = 64;
    private static final int AES_KEY_BYTES = 32;

    private final FirebaseScrypt project;
    private final byte[] salt;
    private final byte[] hash;

    FirebaseHash(FirebaseScrypt project, byte[] salt, byte[] hash) {
        BouncyCastle.require("Firebase's scrypt");
        this.project = project;
        this.salt = salt;
        this.hash = hash;
    }

    @Override
    public boolean matches(char[] password) {
        byte[] salted = Arrays.copyOf(salt, salt.length + project.saltSeparator().length);
        System.arraycopy(project.saltSeparator(), 0, salted, salt.length, project.saltSeparator().length);
        byte[] derived = ScryptHash.compute(password, salted, project.n(), project.rounds(), 1, DERIVED_BYTES);
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            // The key is used for this one text, so the counter may begin at nought.
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(derived, 0, AES_KEY_BYTES, "AES"),
                    new IvParameterSpec(new byte[16]));
            return MessageDigest.isEqual(cipher.doFinal(project.signerKey()), hash);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has AES in counter mode", missing);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    @Override
    public String form() {
        return ScryptHash.form(project.n(), project.rounds(), 1);
    }
}
