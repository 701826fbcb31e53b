// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/** Whether the application has BouncyCastle; asking loads none of its classes. */
final class BouncyCastle {

    /** What to add where it is missing. */
    static final String ARTIFACT = "org.bouncycastle:bcprov-jdk18on";

    private BouncyCastle() {}

    static boolean isThere() {
        return BouncyCastle.class
                        .getClassLoader()
                        .getResource("org/bouncycastle/crypto/generators/Argon2BytesGenerator.class")
                != null;
    }

    /**
     * Refuses where it is missing.
     *
     * @param form that cannot be checked without it
     */
    static void require(String form) {
        if (!isThere()) {
            throw new IllegalStateException("a stored password hash is " + form
                    + ", which takes BouncyCastle to check: add " + ARTIFACT + " to the application");
        }
    }
}
