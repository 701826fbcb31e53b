// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.secret.Seal;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.NewJob;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** Payloads as they rest in the database: as they are, or sealed and bound to their kind. */
final class PayloadSeal {

    static final PayloadSeal NONE = new PayloadSeal(null);

    private final @Nullable Seal seal;

    private PayloadSeal(@Nullable Seal seal) {
        this.seal = seal;
    }

    static PayloadSeal of(ServerSecret secret) {
        return new PayloadSeal(new Seal(secret, "mobile-backend jobs.payload seal v1", Ambient.random()));
    }

    String close(String kind, String payload) {
        if (seal == null) {
            return payload;
        }
        byte[] closed = seal.close(payload.getBytes(StandardCharsets.UTF_8), kind.getBytes(StandardCharsets.UTF_8));
        return NewJob.SEALED + Base64.getEncoder().encodeToString(closed);
    }

    /** What can't be opened stays as it is: the attempt fails with a word on it, and other jobs go on. */
    String open(String kind, String stored) {
        if (seal == null || !stored.startsWith(NewJob.SEALED)) {
            return stored;
        }
        try {
            byte[] closed = Base64.getDecoder().decode(stored.substring(NewJob.SEALED.length()));
            return seal.knows(closed)
                    ? new String(seal.open(closed, kind.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8)
                    : stored;
        } catch (IllegalArgumentException | AEADBadTagException changed) {
            return stored;
        }
    }
}
