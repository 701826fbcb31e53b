// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** SHA-1 of a password, which is how lists of breached ones name them. */
final class Sha1 {

    static final int BYTES = 20;

    private Sha1() {}

    static byte[] of(char[] password) {
        byte[] text = PasswordText.utf8(password);
        try {
            return MessageDigest.getInstance("SHA-1").digest(text);
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-1", missing);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }
}
