// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import dev.mobilebackend.core.ambient.Ambient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hashes passwords with Argon2id (RFC 9106) and checks them, also against hashes that other systems made; the caller
 * waits. Each hash takes much memory, natively outside the heap, so only as many run at once as the policy says; the
 * next ones wait in line, and beyond that are refused with 503 and {@code Retry-After}. Thread safe.
 *
 * <pre>{@code
 * var passwords = Passwords.of(HashingPolicy.standard());
 * String stored = passwords.hash(typed);
 * PasswordCheck check = passwords.verify(typed, stored);
 * }</pre>
 *
 * Argon2 comes from a native library that is carried along, or from BouncyCastle where there is none for the platform
 * and the application has added it. Other systems' bcrypt and scrypt need BouncyCastle as well, their PBKDF2 and Argon2
 * do not.
 */
public final class Passwords {

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final byte[] NONE = {};

    /** Hashed instead of what cannot be a password, so that it takes the same time. */
    private static final char[] NOBODYS = {' '};

    private final HashingPolicy policy;
    private final SecureRandom random;
    private final HashingGate gate;
    private final Argon2Engine engine;
    private final ForeignHashes foreign;
    private final @Nullable Pepper pepper;
    private final Map<String, Pepper> peppers;
    private final String nobodys;
    private final Duration patience;

    private Passwords(Builder chosen, Argon2Engine engine, HashingGate gate) {
        policy = chosen.policy;
        random = chosen.random;
        this.gate = gate;
        this.engine = engine;
        foreign = new ForeignHashes(engine, policy.cap(), chosen.foreignCap, chosen.firebase);
        peppers = new HashMap<>();
        for (Pepper each : chosen.peppers) {
            if (peppers.put(each.id(), each) != null) {
                throw new IllegalArgumentException(
                        "two peppers are called '" + each.id() + "': a new key needs a new id");
            }
        }
        pepper = chosen.peppers.isEmpty() ? null : chosen.peppers.get(0);
        nobodys = new StoredHash(policy.cost(), pepperId(), bytes(SALT_BYTES), bytes(HASH_BYTES)).text();
        patience = Duration.ofDays(1);
    }

    private Passwords(Passwords other, Duration patience) {
        policy = other.policy;
        random = other.random;
        gate = other.gate;
        engine = other.engine;
        foreign = other.foreign;
        pepper = other.pepper;
        peppers = other.peppers;
        nobodys = other.nobodys;
        this.patience = patience;
    }

    /**
     * Hashing within a policy, without peppers.
     *
     * @throws IllegalStateException if there is no Argon2 for this platform
     */
    public static Passwords of(HashingPolicy policy) {
        return builder(policy).build();
    }

    public static Builder builder(HashingPolicy policy) {
        return new Builder(policy);
    }

    /** The same for a caller who has only so much time: refused at once where that will not do. */
    public Passwords within(Duration time) {
        return new Passwords(this, time);
    }

    /**
     * Refuses with 503 if the line is too long now. For whoever would spend something on a request before it gets here;
     * no promise for a moment later.
     */
    public void requireRoom() {
        gate.requireRoom(patience);
    }

    /**
     * What to store: a PHC string that carries its salt and cost. The password's array is left to the caller to wipe.
     */
    public String hash(char[] password) {
        if (!isPossible(password)) {
            throw new IllegalArgumentException("password must have 1 to " + PasswordPolicy.LONGEST + " characters, had "
                    + password.length + ": ask PasswordRules first");
        }
        byte[] salt = bytes(SALT_BYTES);
        byte[] text = PasswordText.utf8(password);
        byte[] key = pepper == null ? NONE : pepper.key();
        byte[] hash = wiping(text, () -> engine.compute(policy.cost(), text, salt, key, NONE, HASH_BYTES));
        return new StoredHash(policy.cost(), pepperId(), salt, hash).text();
    }

    /**
     * Whether this is the password whose hash is stored, and whether it should be hashed anew.
     *
     * @throws IllegalArgumentException if what is stored is no hash in a form that is known, costs more than its cap,
     *     or names a pepper or Firebase project that is not known
     */
    public PasswordCheck verify(char[] password, String stored) {
        if (StoredHash.isForm(stored)) {
            StoredHash expected = parsed(stored);
            return new PasswordCheck(matches(password, expected), isOutdated(expected));
        }
        ForeignHash expected = foreign.parse(stored);
        boolean possible = isPossible(password);
        boolean matches = gate.run(patience, () -> expected.matches(possible ? password : NOBODYS));
        return new PasswordCheck(matches && possible, true);
    }

    /** The work of {@link #verify} for an account that does not exist, so that time does not tell the two apart. */
    public void verifyNothing(char[] password) {
        verify(password, nobodys);
    }

    /** Refuses what {@link #verify} would not take as stored; for whoever imports accounts. */
    public void requireVerifiable(String stored) {
        if (StoredHash.isForm(stored)) {
            parsed(stored);
        } else {
            foreign.parse(stored);
        }
    }

    private StoredHash parsed(String stored) {
        StoredHash hash = StoredHash.parse(stored);
        hash.requireWithin(policy.cap());
        if (hash.pepperId() != null && !peppers.containsKey(hash.pepperId())) {
            throw new IllegalArgumentException("stored password hash was made with the pepper '" + hash.pepperId()
                    + "', which is not among those known, " + peppers.keySet() + ": give it as a previous one");
        }
        return hash;
    }

    private boolean isOutdated(StoredHash hash) {
        return hash.cost().isWeakerThan(policy.cost())
                || hash.isShorterThan(SALT_BYTES, HASH_BYTES)
                || !Objects.equals(hash.pepperId(), pepperId());
    }

    private boolean matches(char[] password, StoredHash expected) {
        boolean possible = isPossible(password);
        byte[] text = PasswordText.utf8(possible ? password : NOBODYS);
        Pepper used = expected.pepperId() == null ? null : peppers.get(expected.pepperId());
        byte[] key = used == null ? NONE : used.key();
        return wiping(text, () -> expected.matches(text, engine, key)) && possible;
    }

    private static boolean isPossible(char[] password) {
        return password.length > 0 && password.length <= PasswordPolicy.LONGEST;
    }

    private <R> R wiping(byte[] text, Supplier<R> work) {
        try {
            return gate.run(patience, work);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private @Nullable String pepperId() {
        return pepper == null ? null : pepper.id();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Chooses what may be chosen beside the policy. */
    public static final class Builder {

        private final HashingPolicy policy;
        private final List<Pepper> peppers = new ArrayList<>();
        private final List<FirebaseScrypt> firebase = new ArrayList<>();
        private ForeignCap foreignCap = ForeignCap.standard();
        private SecureRandom random = Ambient.random();

        private Builder(HashingPolicy policy) {
            this.policy = policy;
        }

        /**
         * Hashes with a pepper from now on; none unless said otherwise. Hashes without it, or with a previous one, are
         * outdated. To rotate, put the new one before those that hashes still name.
         */
        public Builder pepper(Pepper current, Pepper... previous) {
            peppers.clear();
            peppers.add(current);
            peppers.addAll(List.of(previous));
            return this;
        }

        /** Checks hashes that come from this Firebase project; may be said again for another. */
        public Builder firebase(FirebaseScrypt project) {
            firebase.add(project);
            return this;
        }

        public Builder foreignCap(ForeignCap most) {
            foreignCap = most;
            return this;
        }

        public Builder random(SecureRandom generator) {
            random = generator;
            return this;
        }

        /**
         * Finds an Argon2 and computes one small hash with it.
         *
         * @throws IllegalStateException if there is none for this platform
         */
        public Passwords build() {
            return build(Argon2Engine.find());
        }

        Passwords build(Argon2Engine engine) {
            return build(
                    engine,
                    new HashingGate(
                            policy.atOnce(),
                            policy.waiting(),
                            policy.maxWait(),
                            Ambient.ticks(),
                            Ambient.quickRandom()));
        }

        Passwords build(Argon2Engine engine, HashingGate gate) {
            return new Passwords(this, engine, gate);
        }
    }
}
