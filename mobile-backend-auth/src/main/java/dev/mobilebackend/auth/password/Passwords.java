// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import de.mkammerer.argon2.Argon2Advanced;
import de.mkammerer.argon2.Argon2Factory;
import dev.mobilebackend.core.ambient.Ambient;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Hashes passwords with Argon2id (RFC 9106) and checks them; the caller waits. Each hash takes native memory outside
 * the heap, so only as many run at once as the policy says; the next ones wait in line, and beyond that are refused with
 * 503 and {@code Retry-After}. Thread safe.
 *
 * <pre>{@code
 * var passwords = Passwords.of(HashingPolicy.standard());
 * String stored = passwords.hash(typed);
 * boolean right = passwords.verify(typed, stored);
 * }</pre>
 */
public final class Passwords {

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final HashingPolicy policy;
    private final SecureRandom random;
    private final HashingGate gate;
    private final Argon2Advanced argon2;
    private final String nobodys;

    private Passwords(HashingPolicy policy, SecureRandom random, HashingGate gate) {
        this.policy = policy;
        this.random = random;
        this.gate = gate;
        this.argon2 = nativeArgon2();
        this.nobodys = new StoredHash(policy.cost(), bytes(SALT_BYTES), bytes(HASH_BYTES)).text();
    }

    /**
     * Hashing within a policy.
     *
     * @throws IllegalStateException if there is no native Argon2 for this platform
     */
    public static Passwords of(HashingPolicy policy) {
        return of(policy, Ambient.random());
    }

    public static Passwords of(HashingPolicy policy, SecureRandom random) {
        return of(policy, random, new HashingGate(policy.atOnce(), policy.waiting(), policy.maxWait()));
    }

    static Passwords of(HashingPolicy policy, SecureRandom random, HashingGate gate) {
        return new Passwords(policy, random, gate);
    }

    /** What to store: a PHC string that carries its salt and cost. The password's array is left to the caller to wipe. */
    public String hash(char[] password) {
        if (password.length > PasswordPolicy.LONGEST) {
            throw new IllegalArgumentException("password must have at most " + PasswordPolicy.LONGEST
                    + " characters, had " + password.length + ": ask PasswordRules first");
        }
        byte[] salt = bytes(SALT_BYTES);
        return new StoredHash(policy.cost(), salt, compute(password, policy.cost(), salt, HASH_BYTES)).text();
    }

    /**
     * Whether this is the password whose hash is stored.
     *
     * @throws IllegalArgumentException if what is stored is not an Argon2id hash or costs more than the policy's cap
     */
    public boolean verify(char[] password, String stored) {
        StoredHash expected = StoredHash.parse(stored);
        if (!expected.cost().isWithin(policy.cap())) {
            throw new IllegalArgumentException("stored password hash asks for " + expected.cost()
                    + ", which is over the cap " + policy.cap() + ": raise the policy's cap if it is to be computed");
        }
        return matches(password, expected);
    }

    /** The work of {@link #verify} for an account that does not exist, so that time does not tell the two apart. */
    public void verifyNothing(char[] password) {
        verify(password, nobodys);
    }

    private boolean matches(char[] password, StoredHash expected) {
        boolean possible = password.length <= PasswordPolicy.LONGEST;
        byte[] actual =
                compute(possible ? password : new char[0], expected.cost(), expected.salt(), expected.hash().length);
        return MessageDigest.isEqual(actual, expected.hash()) && possible;
    }

    private byte[] compute(char[] password, Argon2Cost cost, byte[] salt, int length) {
        byte[] text = PasswordText.utf8(password);
        try {
            return gate.run(
                    () -> argon2.pbkdf(cost.iterations(), cost.memoryKib(), cost.parallelism(), text, salt, length));
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The factory loads the library lazily: the smallest hash of all loads it now. */
    private static Argon2Advanced nativeArgon2() {
        Argon2Advanced argon2 = Argon2Factory.createAdvanced(Argon2Factory.Argon2Types.ARGON2id);
        try {
            argon2.pbkdf(1, 8, 1, new byte[0], new byte[SALT_BYTES], HASH_BYTES);
            return argon2;
        } catch (LinkageError missing) {
            throw new IllegalStateException(
                    "no native Argon2 for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                            + ": put libargon2 on the library path, or run on a platform that argon2-jvm carries",
                    missing);
        }
    }
}
