// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** Argon2 in Java, for platforms without the C library. Loaded only where it is used. */
final class BouncyCastleArgon2 implements Argon2Engine {

    @Override
    public byte[] compute(Argon2Cost cost, byte[] password, byte[] salt, byte[] secret, byte[] data, int length) {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(cost.iterations())
                .withMemoryAsKB(cost.memoryKib())
                .withParallelism(cost.parallelism())
                .withSalt(salt)
                .withSecret(secret)
                .withAdditional(data)
                .build());
        byte[] tag = new byte[length];
        generator.generateBytes(password, tag);
        return tag;
    }
}
