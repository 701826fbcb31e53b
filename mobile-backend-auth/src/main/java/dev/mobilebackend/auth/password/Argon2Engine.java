// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes Argon2id, version 1.3 (RFC 9106 section 3). Thread safe. */
interface Argon2Engine {

    /**
     * The tag of so many bytes.
     *
     * @param password at least one byte
     * @param secret the key K of section 3.1, empty for none
     * @param data the associated data X of section 3.1, empty for none
     */
    byte[] compute(Argon2Cost cost, byte[] password, byte[] salt, byte[] secret, byte[] data, int length);

    /** The C library where this platform has it, otherwise BouncyCastle where that is on the class path. */
    static Argon2Engine find() {
        return find(NativeArgon2::load, BouncyCastle.isThere());
    }

    /**
     * The first of the two that there is; says at the start which it is.
     *
     * @param library throws a {@link LinkageError} where there is none for this platform
     */
    static Argon2Engine find(Supplier<Argon2Engine> library, boolean bouncyCastle) {
        Logger log = LoggerFactory.getLogger(Passwords.class);
        try {
            Argon2Engine engine = library.get();
            log.info("passwords are hashed by the native Argon2 library");
            return engine;
        } catch (LinkageError missing) {
            String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
            if (!bouncyCastle) {
                throw new IllegalStateException(
                        "there is no Argon2: no native library for " + platform + ", and no BouncyCastle: add "
                                + BouncyCastle.ARTIFACT + " to the application, or put libargon2 on the library path",
                        missing);
            }
            log.info(
                    "passwords are hashed by BouncyCastle, since there is no native Argon2 library for {}: each takes"
                            + " about a third longer and its memory from the heap",
                    platform);
            return new BouncyCastleArgon2();
        }
    }
}
