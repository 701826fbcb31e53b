// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static java.util.Objects.requireNonNull;

import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The password hash parameters of a Firebase project, as its console shows them. The signer key is a secret, so it is
 * not stored beside the hashes: they name the project instead. Immutable and thread safe.
 *
 * <pre>{@code
 * var firebase = FirebaseScrypt.of("shop", signerKey, "Bw==", 8, 14);
 * accounts.tryImport(email, firebase.stored(user.salt(), user.passwordHash()), Set.of(), now);
 * }</pre>
 */
public final class FirebaseScrypt {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,40}");

    private final String project;
    private final byte[] signerKey;
    private final byte[] saltSeparator;
    private final int rounds;
    private final int memoryCost;

    private FirebaseScrypt(String project, byte[] signerKey, byte[] saltSeparator, int rounds, int memoryCost) {
        this.project = project;
        this.signerKey = signerKey;
        this.saltSeparator = saltSeparator;
        this.rounds = rounds;
        this.memoryCost = memoryCost;
    }

    /**
     * The parameters of one project.
     *
     * @param project a name for it in stored hashes: 1 to 40 letters, digits, - and _
     * @param signerKey in Base64
     * @param saltSeparator in Base64
     * @param rounds 1 to 8
     * @param memoryCost 1 to 14
     */
    public static FirebaseScrypt of(
            String project, String signerKey, String saltSeparator, int rounds, int memoryCost) {
        requireNonNull(project, "project must not be null: a name for it in stored hashes");
        requireNonNull(signerKey, "signerKey must not be null: as the project's console shows it");
        requireNonNull(saltSeparator, "saltSeparator must not be null: as the project's console shows it");
        if (!NAME.matcher(project).matches()) {
            throw new IllegalArgumentException(
                    "project must be 1 to 40 letters, digits, - and _, was '" + project + "'");
        }
        // The bounds of Firebase itself: https://firebase.google.com/docs/auth/admin/import-users
        if (rounds < 1 || rounds > 8 || memoryCost < 1 || memoryCost > 14) {
            throw new IllegalArgumentException(
                    "rounds must be 1 to 8 and memoryCost 1 to 14, were " + rounds + " and " + memoryCost);
        }
        byte[] key = decoded("signerKey", signerKey);
        if (key.length < 16) {
            throw new IllegalArgumentException("signerKey must have at least 16 bytes, had " + key.length);
        }
        return new FirebaseScrypt(project, key, decoded("saltSeparator", saltSeparator), rounds, memoryCost);
    }

    /**
     * What to store for an exported account: {@code $firebase$<project>$<salt>$<hash>}.
     *
     * @param salt as exported, in Base64
     * @param passwordHash as exported, in Base64
     */
    public String stored(String salt, String passwordHash) {
        requireNonNull(salt, "salt must not be null: as it was exported");
        requireNonNull(passwordHash, "passwordHash must not be null: an account without one signs up by itself");
        Base64.Encoder base64 = Base64.getEncoder();
        return "$firebase$" + project + "$" + base64.encodeToString(decoded("salt", salt)) + "$"
                + base64.encodeToString(decoded("passwordHash", passwordHash));
    }

    String project() {
        return project;
    }

    byte[] signerKey() {
        return signerKey;
    }

    byte[] saltSeparator() {
        return saltSeparator;
    }

    int rounds() {
        return rounds;
    }

    int n() {
        return 1 << memoryCost;
    }

    @Override
    public String toString() {
        return "FirebaseScrypt[" + project + ", hidden]";
    }

    /** Exports have been seen in both alphabets. */
    private static byte[] decoded(String what, String text) {
        try {
            return Base64.getDecoder().decode(text.strip().replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(what + " must be Base64 as Firebase shows it, was something else of "
                    + text.length() + " characters");
        }
    }
}
