// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.secret;

import dev.mobilebackend.core.digest.HmacSha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The one secret of an application, kept outside its database: every key that signs, encrypts or blinds is derived
 * from it by HKDF-SHA256 (RFC 5869), so a copy of the database alone forges nothing. All instances of an application
 * share it. Immutable and thread safe.
 */
public final class ServerSecret {

    private static final int MINIMUM_BYTES = 32;

    /** HKDF's extract step with an empty salt has been done: this is the pseudorandom key. */
    private final HmacSha256 key;

    private ServerSecret(byte[] secret) {
        if (secret.length < MINIMUM_BYTES) {
            throw new IllegalArgumentException("the server secret must have at least " + MINIMUM_BYTES + " bytes, had "
                    + secret.length + ": make one with 'openssl rand -base64 32'");
        }
        key = HmacSha256.of(HmacSha256.of(new byte[HmacSha256.BYTES]).tag(secret));
    }

    public static ServerSecret of(byte[] secret) {
        return new ServerSecret(secret);
    }

    /** A secret as it stands in an environment variable: Base64, at least 32 bytes of it. */
    public static ServerSecret ofBase64(String text) {
        try {
            return new ServerSecret(Base64.getDecoder().decode(text.strip()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the server secret must be Base64 of at least " + MINIMUM_BYTES
                    + " bytes: make one with 'openssl rand -base64 32'");
        }
    }

    /**
     * The secret kept in a file; where there is none yet, one is made that only the file's owner can read. Meant for a
     * single instance on one machine.
     */
    public static ServerSecret ofFile(Path file, SecureRandom random) {
        try {
            if (Files.notExists(file)) {
                create(file, random);
            }
            return ofBase64(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException unusable) {
            throw new UncheckedIOException("could not read or create the server secret in " + file, unusable);
        }
    }

    /** A key for one purpose; the same purpose and length always give the same key. Length in bytes, up to 8160. */
    public byte[] derive(String purpose, int length) {
        if (length < 1 || length > 255 * HmacSha256.BYTES) {
            throw new IllegalArgumentException("length must be 1 to 8160 bytes, was " + length);
        }
        byte[] info = purpose.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[length];
        byte[] block = {};
        for (int done = 0, counter = 1; done < length; done += HmacSha256.BYTES, counter++) {
            block = key.tag(block, info, new byte[] {(byte) counter});
            System.arraycopy(block, 0, out, done, Math.min(HmacSha256.BYTES, length - done));
        }
        return out;
    }

    @Override
    public String toString() {
        return "ServerSecret[hidden]";
    }

    /** Written aside and moved into place, so that a second process never reads half of it. */
    private static void create(Path file, SecureRandom random) throws IOException {
        byte[] secret = new byte[MINIMUM_BYTES];
        random.nextBytes(secret);
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path aside = Files.createTempFile(folder, "secret", ".new", ownerOnly());
        try {
            Files.writeString(aside, Base64.getEncoder().encodeToString(secret), StandardOpenOption.WRITE);
            Files.createLink(file, aside);
        } catch (FileAlreadyExistsException anotherProcessWasFirst) {
            // its secret stands, and is read next
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
