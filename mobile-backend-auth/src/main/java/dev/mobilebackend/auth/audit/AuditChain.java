// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.core.digest.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that tags and seals cover. An entry's details go in as a salted digest, so that they may be erased while
 * the tag still stands.
 */
final class AuditChain {

    private AuditChain() {}

    static byte[] entry(byte[] tagBefore, long number, AuditEvent event, byte[] blinded) {
        return bytes(out -> {
            out.writeUTF("entry");
            out.write(tagBefore);
            out.writeLong(number);
            text(out, event.type());
            text(out, event.accountId());
            text(out, event.actorId());
            text(out, event.sessionId());
            out.writeLong(micros(event.at()));
            out.write(blinded);
        });
    }

    static byte[] head(long number, byte[] tag) {
        return bytes(out -> {
            out.writeUTF("head");
            out.writeLong(number);
            out.write(tag);
        });
    }

    static byte[] blinded(byte[] salt, Map<String, String> details) {
        return Sha256.of(bytes(out -> {
            out.write(salt);
            for (Map.Entry<String, String> detail : new TreeMap<>(details).entrySet()) {
                text(out, detail.getKey());
                text(out, detail.getValue());
            }
        }));
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException never) {
            throw new UncheckedIOException("memory took no bytes", never);
        }
        return bytes.toByteArray();
    }

    /** With its length before it, so that no two texts in a row can be mistaken for two others. */
    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /** Where somebody has written an infinite time into a row, the end of what a long can say. */
    private static long micros(Instant at) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, at);
        } catch (ArithmeticException beyond) {
            return at.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
