// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.secret;

import static java.util.Objects.requireNonNull;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The one secret of an application, kept outside its database: every key that signs, encrypts or blinds is derived
 * from it by HKDF-SHA256 (RFC 5869), so a copy of the database alone forges nothing. All instances of an application
 * share it. Immutable and thread safe.
 *
 * <p>It can be changed without anybody noticing, since others are accepted beside it: what is made is made under the
 * current one, what is checked or opened may be of any. Three steps, each on every instance before the next begins:
 * {@code "old,new"}, so that all take what is made under the new one; {@code "new,old"}; and {@code "new"} alone once
 * what was made under the old one has ended. One that leaked is replaced at once, which signs everybody out.
 */
public final class ServerSecret {

    private static final int MINIMUM_BYTES = 32;
    private static final int ID_BYTES = 6;
    private static final String REMEDY = "make one with 'openssl rand -base64 32'";

    /** HKDF's extract step with an empty salt has been done: these are the pseudorandom keys, the current one first. */
    private final List<HmacSha256> keys;

    private final List<String> ids;

    private ServerSecret(List<byte[]> secrets) {
        keys = secrets.stream().map(ServerSecret::extract).toList();
        ids = deriveAll("mobile-backend core.secret id v1", ID_BYTES).stream()
                .map(Base64.getUrlEncoder().withoutPadding()::encodeToString)
                .toList();
        if (Set.copyOf(ids).size() < ids.size()) {
            throw new IllegalArgumentException(
                    "the server secrets must differ, one stands twice: leave it out, or put the new one in its place");
        }
    }

    /**
     * A secret, and others that are accepted beside it.
     *
     * @throws IllegalArgumentException if one has less than 32 bytes, or stands twice
     */
    public static ServerSecret of(byte[] current, byte[]... accepted) {
        requireNonNull(current, "current must not be null");
        requireNonNull(accepted, "accepted must not be null: leave it out where there is none");
        return new ServerSecret(
                Stream.concat(Stream.of(current), Arrays.stream(accepted)).toList());
    }

    /**
     * A secret as it stands in an environment variable: Base64, at least 32 bytes of it. Those that are accepted beside
     * it follow, with a comma before each.
     */
    public static ServerSecret ofBase64(String text) {
        requireNonNull(text, "text must not be null: such as what openssl rand -base64 32 prints");
        var secrets = new ArrayList<byte[]>();
        for (String each : text.split(",", -1)) {
            try {
                secrets.add(Base64.getDecoder().decode(each.strip()));
            } catch (IllegalArgumentException withTheSecretInItsMessage) {
                throw new IllegalArgumentException(
                        "the server secret must be Base64, with commas between several: " + REMEDY);
            }
        }
        return new ServerSecret(secrets);
    }

    /**
     * The secret kept in a file, as {@link #ofBase64} reads it; where there is none yet, one is made that only the
     * file's owner can read. Meant for a single instance on one machine.
     *
     * @throws UncheckedIOException if it cannot be read or made
     * @throws IllegalArgumentException if something else stands in it
     */
    public static ServerSecret ofFile(Path file, SecureRandom random) {
        requireNonNull(file, "file must not be null");
        requireNonNull(random, "random must not be null");
        try {
            if (Files.notExists(file)) {
                create(file, random);
            }
            return ofBase64(Files.readString(file, StandardCharsets.ISO_8859_1)); // takes any byte; Base64 does not
        } catch (IOException unusable) {
            throw new UncheckedIOException("could not read or create the server secret in " + file, unusable);
        } catch (IllegalArgumentException damaged) {
            throw new IllegalArgumentException(
                    "the file " + file
                            + " holds no server secret. Put back its copy: under another, everybody is signed"
                            + " out (" + damaged.getMessage() + ")",
                    damaged);
        }
    }

    /**
     * The key to make something with, of one purpose; the same purpose and length always give the same key. Length in
     * bytes, up to 8160.
     */
    public byte[] derive(String purpose, int length) {
        return expand(keys.get(0), purpose, length);
    }

    /** The keys to check or open something with: that of {@link #derive} first, then one of each accepted secret. */
    public List<byte[]> deriveAll(String purpose, int length) {
        return keys.stream().map(key -> expand(key, purpose, length)).toList();
    }

    /**
     * Eight characters for each secret, in the order of {@link #deriveAll}, to be kept beside what was made under it or
     * compared between instances. They tell nothing of the secret.
     */
    public List<String> ids() {
        return ids;
    }

    @Override
    public String toString() {
        return "ServerSecret[hidden]";
    }

    private static HmacSha256 extract(byte[] secret) {
        if (secret.length < MINIMUM_BYTES) {
            throw new IllegalArgumentException("the server secret must have at least " + MINIMUM_BYTES + " bytes, had "
                    + secret.length + ": " + REMEDY);
        }
        return HmacSha256.of(HmacSha256.of(new byte[HmacSha256.BYTES]).tag(secret));
    }

    private static byte[] expand(HmacSha256 key, String purpose, int length) {
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
