// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How entries hang together: the tag of each is the HMAC-SHA256 of itself and of the tag before. Details go in as a
 * salted digest, so that they may be erased while the tag still stands. Thread safe.
 */
final class AuditChain {

    private static final int SALT_BYTES = 16;

    /** The one to tag with, then those that are accepted too. */
    private final List<HmacSha256> keys;

    private final SecureRandom random;

    AuditChain(ServerSecret secret, SecureRandom random) {
        this.keys = secret.deriveAll("mobile-backend auth.audit chain v1", HmacSha256.BYTES).stream()
                .map(HmacSha256::of)
                .toList();
        this.random = random;
    }

    AuditEntry next(AuditHead head, AuditEvent event) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] blinded = blinded(salt, event.details());
        long number = head.number() + 1;
        return new AuditEntry(number, event, salt, blinded, keys.get(0).tag(said(head.tag(), number, event, blinded)));
    }

    AuditHead head(long number, byte[] tag) {
        return new AuditHead(number, tag, keys.get(0).tag(said(number, tag)));
    }

    boolean isSealed(AuditHead head) {
        return head.equals(AuditHead.NONE) || isOurs(head.seal(), said(head.number(), head.tag()));
    }

    /** Whether this entry, wherever it is kept, was recorded at that place after an entry with that tag. */
    boolean follows(byte[] tagBefore, long number, AuditEntry entry) {
        return isOurs(entry.tag(), said(tagBefore, number, entry.event(), entry.blinded()));
    }

    /** Whether the details are those that the tag covers. */
    boolean hasItsDetails(AuditEntry entry) {
        return entry.salt() != null
                && MessageDigest.isEqual(
                        entry.blinded(), blinded(entry.salt(), entry.event().details()));
    }

    private boolean isOurs(byte[] tag, byte[] said) {
        return keys.stream().anyMatch(key -> MessageDigest.isEqual(tag, key.tag(said)));
    }

    private static byte[] said(byte[] tagBefore, long number, AuditEvent event, byte[] blinded) {
        return bytes(out -> {
            out.writeUTF("entry");
            out.write(tagBefore);
            out.writeLong(number);
            text(out, event.type());
            text(out, event.accountId());
            text(out, event.actorId());
            text(out, event.sessionId());
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, event.at()));
            out.write(blinded);
        });
    }

    private static byte[] said(long number, byte[] tag) {
        return bytes(out -> {
            out.writeUTF("head");
            out.writeLong(number);
            out.write(tag);
        });
    }

    private static byte[] blinded(byte[] salt, Map<String, String> details) {
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
}
