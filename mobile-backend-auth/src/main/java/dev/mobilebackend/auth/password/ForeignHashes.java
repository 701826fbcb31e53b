// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the hashes that other systems store, as they store them:
 *
 * <ol>
 *   <li>bcrypt: {@code $2b$12$...}
 *   <li>Spring Security's DelegatingPasswordEncoder: {@code {bcrypt}...}, {@code {scrypt}...}, {@code {pbkdf2}...},
 *       {@code {argon2}...} and those with {@code @SpringSecurity_v5_8}
 *   <li>Django: {@code pbkdf2_sha256$...}, {@code pbkdf2_sha1$...}, {@code bcrypt$...}, {@code bcrypt_sha256$...},
 *       {@code argon2$argon2id$...}, {@code scrypt$...}
 *   <li>ASP.NET Identity, versions 2 and 3: Base64 of one of two binary forms
 *   <li>Firebase: {@link FirebaseScrypt#stored}
 * </ol>
 */
final class ForeignHashes {

    private static final Pattern SPRING = Pattern.compile("\\{([^}]{1,60})}(.*)");
    private static final Pattern SPRING_SCRYPT =
            Pattern.compile("\\$([0-9a-f]{1,12})\\$([A-Za-z0-9+/]+=*)\\$([A-Za-z0-9+/]+=*)");
    private static final Pattern DJANGO_PBKDF2 =
            Pattern.compile("pbkdf2_(sha1|sha256)\\$(\\d{1,9})\\$([^$]+)\\$([A-Za-z0-9+/]+=*)");
    private static final Pattern DJANGO_SCRYPT =
            Pattern.compile("scrypt\\$(\\d{1,9})\\$([^$]+)\\$(\\d{1,9})\\$(\\d{1,9})\\$([A-Za-z0-9+/]+=*)");
    private static final Pattern FIREBASE =
            Pattern.compile("\\$firebase\\$([A-Za-z0-9_-]{1,40})\\$([A-Za-z0-9+/]+=*)\\$([A-Za-z0-9+/]+=*)");
    private static final Pattern BASE64 = Pattern.compile("A[A-Za-z0-9+/]{40,400}={0,2}");

    /** By their numbers, which are those of KeyDerivationPrf. */
    private static final List<Pbkdf2Hash.Digest> ASP_NET_DIGESTS =
            List.of(Pbkdf2Hash.Digest.SHA1, Pbkdf2Hash.Digest.SHA256, Pbkdf2Hash.Digest.SHA512);

    private final Argon2Engine engine;
    private final Argon2Cost argon2Cap;
    private final ForeignCap cap;
    private final Map<String, FirebaseScrypt> firebase = new HashMap<>();

    ForeignHashes(Argon2Engine engine, Argon2Cost argon2Cap, ForeignCap cap, Collection<FirebaseScrypt> projects) {
        this.engine = engine;
        this.argon2Cap = argon2Cap;
        this.cap = cap;
        for (FirebaseScrypt project : projects) {
            cap.requireScrypt(project.n(), project.rounds(), 1);
            if (firebase.put(project.project(), project) != null) {
                throw new IllegalArgumentException("two Firebase projects are called '" + project.project() + "'");
            }
        }
    }

    /**
     * The hash that a text says.
     *
     * @throws IllegalArgumentException if it is none of these, or asks for more than it may; the message does not
     *     repeat it
     * @throws IllegalStateException if it takes a library to check that is not there
     */
    PasswordHash parse(String text) {
        if (text.startsWith("$2")) {
            return BcryptHash.parse(text, BcryptHash.Input.PASSWORD, cap);
        }
        if (text.startsWith("{")) {
            return spring(text);
        }
        if (text.startsWith("$firebase$")) {
            return firebase(text);
        }
        if (BASE64.matcher(text).matches()) {
            return aspNet(text);
        }
        return django(text);
    }

    /** What to throw about a text that isn't what it begins like. */
    static IllegalArgumentException malformed(String expected) {
        return new IllegalArgumentException("stored password hash must be " + expected + ", was something else");
    }

    private PasswordHash spring(String text) {
        Matcher parts =
                matched(SPRING, text, "a form of Spring's DelegatingPasswordEncoder, such as {bcrypt}$2a$10$...");
        String rest = parts.group(2);
        return switch (parts.group(1)) {
            case "bcrypt" -> BcryptHash.parse(rest, BcryptHash.Input.PASSWORD, cap);
            case "scrypt", "scrypt@SpringSecurity_v5_8" -> springScrypt(rest);
            case "pbkdf2" -> springPbkdf2(Pbkdf2Hash.Digest.SHA1, 185_000, 8, rest);
            case "pbkdf2@SpringSecurity_v5_8" -> springPbkdf2(Pbkdf2Hash.Digest.SHA256, 310_000, 16, rest);
            case "argon2", "argon2@SpringSecurity_v5_8" -> argon2(rest);
            default ->
                throw malformed(
                        "one of Spring's {bcrypt}, {scrypt}, {pbkdf2} and {argon2}, with or without @SpringSecurity_v5_8:"
                                + " its other encoders are not safe");
        };
    }

    /** Its parameters are one hexadecimal number: log2 N, 16 bits further r, 8 bits further p. */
    private PasswordHash springScrypt(String rest) {
        Matcher parts = matched(SPRING_SCRYPT, rest, "Spring's scrypt, such as {scrypt}$e0801$<salt>$<hash>");
        long parameters = Long.parseLong(parts.group(1), 16);
        long logN = parameters >> 16;
        if (logN > 40) {
            throw malformed("Spring's scrypt with N of at most 2^40");
        }
        return ScryptHash.of(
                1L << logN,
                (parameters >> 8) & 0xff,
                parameters & 0xff,
                base64(parts.group(2)),
                base64(parts.group(3)),
                cap);
    }

    private PasswordHash springPbkdf2(Pbkdf2Hash.Digest digest, int iterations, int saltBytes, String rest) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(rest);
        } catch (IllegalArgumentException notHex) {
            throw malformed("Spring's PBKDF2, which is hexadecimal");
        }
        return salted(digest, iterations, bytes, 0, saltBytes);
    }

    private PasswordHash django(String text) {
        if (text.startsWith("bcrypt$")) {
            return BcryptHash.parse(text.substring("bcrypt$".length()), BcryptHash.Input.PASSWORD, cap);
        }
        if (text.startsWith("bcrypt_sha256$")) {
            return BcryptHash.parse(text.substring("bcrypt_sha256$".length()), BcryptHash.Input.SHA256_DIGITS, cap);
        }
        if (text.startsWith("argon2$")) {
            return argon2(text.substring("argon2".length()));
        }
        if (text.startsWith("scrypt$")) {
            Matcher parts = matched(DJANGO_SCRYPT, text, "Django's scrypt$<N>$<salt>$<r>$<p>$<hash>");
            return ScryptHash.of(
                    Long.parseLong(parts.group(1)),
                    Long.parseLong(parts.group(3)),
                    Long.parseLong(parts.group(4)),
                    parts.group(2).getBytes(StandardCharsets.UTF_8),
                    base64(parts.group(5)),
                    cap);
        }
        Matcher parts = matched(
                DJANGO_PBKDF2,
                text,
                "an Argon2id PHC string such as $argon2id$v=19$m=19456,t=2,p=1$..., or a hash of bcrypt, Spring, Django,"
                        + " ASP.NET Identity or Firebase");
        return Pbkdf2Hash.of(
                parts.group(1).equals("sha1") ? Pbkdf2Hash.Digest.SHA1 : Pbkdf2Hash.Digest.SHA256,
                Long.parseLong(parts.group(2)),
                parts.group(3).getBytes(StandardCharsets.UTF_8),
                base64(parts.group(4)),
                cap);
    }

    /**
     * Version 2 is a nought, 16 bytes of salt and 32 of hash by PBKDF2 with SHA-1 and 1,000 iterations; version 3 a
     * one, then digest, iterations and length of the salt as big-endian integers, then salt and hash.
     */
    private PasswordHash aspNet(String text) {
        byte[] bytes = base64(text);
        if (bytes[0] == 0 && bytes.length == 49) {
            return salted(Pbkdf2Hash.Digest.SHA1, 1_000, bytes, 1, 16);
        }
        ByteBuffer head = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        int digest = head.getInt();
        long iterations = Integer.toUnsignedLong(head.getInt());
        int salt = head.getInt();
        if (bytes[0] != 1 || digest < 0 || digest >= ASP_NET_DIGESTS.size() || salt < 16 || salt > head.remaining()) {
            throw malformed("ASP.NET Identity's version 2 or 3");
        }
        return salted(ASP_NET_DIGESTS.get(digest), iterations, bytes, head.position(), salt);
    }

    private PasswordHash firebase(String text) {
        Matcher parts = matched(FIREBASE, text, "$firebase$<project>$<salt>$<hash>");
        FirebaseScrypt project = firebase.get(parts.group(1));
        if (project == null) {
            throw new IllegalArgumentException("stored password hash is of the Firebase project '" + parts.group(1)
                    + "', whose parameters are not known: give them to the builder of Passwords");
        }
        return new FirebaseHash(project, base64(parts.group(2)), base64(parts.group(3)));
    }

    private PasswordHash argon2(String rest) {
        StoredHash stored = StoredHash.parse(rest);
        stored.requireWithin(argon2Cap);
        return new ForeignArgon2(stored, engine);
    }

    /** PBKDF2 whose hash follows its salt. */
    private PasswordHash salted(Pbkdf2Hash.Digest digest, long iterations, byte[] bytes, int start, int saltBytes) {
        if (bytes.length < start + saltBytes) {
            throw malformed("PBKDF2 with " + saltBytes + " bytes of salt");
        }
        byte[] salt = new byte[saltBytes];
        byte[] hash = new byte[bytes.length - start - saltBytes];
        ByteBuffer.wrap(bytes, start, bytes.length - start).get(salt).get(hash);
        return Pbkdf2Hash.of(digest, iterations, salt, hash, cap);
    }

    private static Matcher matched(Pattern form, String text, String expected) {
        Matcher parts = form.matcher(text);
        if (!parts.matches()) {
            throw malformed(expected);
        }
        return parts;
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException malformed) {
            throw malformed("Base64 in its salt and hash");
        }
    }
}
