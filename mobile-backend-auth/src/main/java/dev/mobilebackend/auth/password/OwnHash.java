// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.util.Arrays;

/** A hash of our own, of the normalised text and with the pepper that it names. */
final class OwnHash implements PasswordHash {

    private final StoredHash stored;
    private final Argon2Engine engine;
    private final byte[] pepper;

    /**
     * A hash.
     *
     * @param pepper empty for none
     */
    OwnHash(StoredHash stored, Argon2Engine engine, byte[] pepper) {
        this.stored = stored;
        this.engine = engine;
        this.pepper = pepper;
    }

    StoredHash stored() {
        return stored;
    }

    @Override
    public boolean matches(char[] password) {
        byte[] text = PasswordText.utf8(password);
        try {
            return stored.matches(text, engine, pepper);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    @Override
    public String form() {
        return stored.form();
    }
}
