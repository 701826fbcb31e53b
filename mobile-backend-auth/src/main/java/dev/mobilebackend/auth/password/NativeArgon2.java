// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import de.mkammerer.argon2.Argon2Advanced;
import de.mkammerer.argon2.Argon2Factory;
import de.mkammerer.argon2.Argon2Version;

/** The reference implementation in C, as argon2-jvm carries it; its memory is outside the heap. */
final class NativeArgon2 implements Argon2Engine {

    private final Argon2Advanced argon2 = Argon2Factory.createAdvanced(Argon2Factory.Argon2Types.ARGON2id);

    private NativeArgon2() {}

    /**
     * The engine, once it has computed a hash: the factory alone loads no library yet.
     *
     * @throws LinkageError if there is none for this platform
     */
    static Argon2Engine load() {
        var engine = new NativeArgon2();
        engine.compute(new Argon2Cost(8, 1, 1), new byte[1], new byte[16], new byte[0], new byte[0], 32);
        return engine;
    }

    @Override
    public byte[] compute(Argon2Cost cost, byte[] password, byte[] salt, byte[] secret, byte[] data, int length) {
        // The plain function makes no second copy of the password in native memory.
        return secret.length == 0 && data.length == 0
                ? argon2.pbkdf(cost.iterations(), cost.memoryKib(), cost.parallelism(), password, salt, length)
                : argon2.rawHashAdvanced(
                        cost.iterations(),
                        cost.memoryKib(),
                        cost.parallelism(),
                        password,
                        salt,
                        secret,
                        data.length == 0 ? null : data,
                        length,
                        Argon2Version.V13);
    }
}
