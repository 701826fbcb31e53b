// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.util.Arrays;

/** An Argon2id hash of a system that does not normalise what is typed. */
final class ForeignArgon2 implements PasswordHash {

    private final StoredHash stored;
    private final Argon2Engine engine;

    ForeignArgon2(StoredHash stored, Argon2Engine engine) {
        this.stored = stored;
        this.engine = engine;
    }

    @Override
    public boolean matches(char[] password) {
        byte[] typed = PasswordText.asTyped(password);
        try {
            return stored.matches(typed, engine, new byte[0]);
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
    }

    @Override
    public String form() {
        return stored.form();
    }
}
