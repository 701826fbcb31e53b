// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** What each check takes the work of, whatever is stored; none if only the stored hash is computed. */
    private final List<PasswordHash> always;

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
        always = alike(chosen.imported);
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
        always = other.always;
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
        try {
            byte[] hash = gate.run(patience, () -> engine.compute(policy.cost(), text, salt, key, NONE, HASH_BYTES));
            return new StoredHash(policy.cost(), pepperId(), salt, hash).text();
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /**
     * Whether this is the password whose hash is stored, and whether it should be hashed anew.
     *
     * @throws IllegalArgumentException if what is stored is no hash in a form that is known, costs more than its cap,
     *     or names a pepper or Firebase project that is not known
     */
    public PasswordCheck verify(char[] password, String stored) {
        PasswordHash expected = read(stored);
        boolean possible = isPossible(password);
        char[] typed = possible ? password : NOBODYS;
        boolean matches = gate.run(patience, () -> {
            boolean right = expected.matches(typed);
            for (PasswordHash each : always) {
                PasswordHash rest = expected.rest(each);
                if (rest != null) {
                    rest.matches(typed);
                }
            }
            return right;
        });
        boolean current = expected instanceof OwnHash own && !isOutdated(own.stored());
        return new PasswordCheck(matches && possible, !current);
    }

    /** The work of {@link #verify} for an account that does not exist, so that time does not tell the two apart. */
    public void verifyNothing(char[] password) {
        verify(password, nobodys);
    }

    /**
     * Refuses what {@link #verify} would not take as stored, and what it would take more work for than for other
     * hashes, if some form was said to be {@link Builder#imported}; for whoever imports accounts.
     */
    public void requireVerifiable(String stored) {
        requireNonNull(stored, "stored must not be null: the hash as the other system stored it");
        PasswordHash hash = read(stored);
        if (!always.isEmpty() && always.stream().noneMatch(each -> isPart(hash, each))) {
            throw new IllegalArgumentException("stored password hash is " + hash.form() + ", which is none of "
                    + always.stream().map(PasswordHash::form).toList()
                    + ": say to the builder that it is imported too, or its work tells whose it is");
        }
    }

    /** Of our form and of those that are imported, one each; none if none are. */
    private List<PasswordHash> alike(List<String> imported) {
        if (imported.isEmpty()) {
            return List.of();
        }
        var forms = new ArrayList<PasswordHash>();
        forms.add(read(nobodys));
        for (String example : imported) {
            PasswordHash added = read(example);
            for (PasswordHash each : forms) {
                if (isPart(each, added) || isPart(added, each)) {
                    throw new IllegalArgumentException("imported hashes of " + added.form() + " and those of "
                            + each.form() + " are the same work or a part of it: say only the dearer");
                }
            }
            forms.add(added);
        }
        return List.copyOf(forms);
    }

    private static boolean isPart(PasswordHash hash, PasswordHash other) {
        return hash.rest(other) != other;
    }

    private PasswordHash read(String stored) {
        if (!StoredHash.isForm(stored)) {
            return foreign.parse(stored);
        }
        StoredHash own = parsed(stored);
        Pepper used = own.pepperId() == null ? null : peppers.get(own.pepperId());
        return new OwnHash(own, engine, used == null ? NONE : used.key());
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

    private static boolean isPossible(char[] password) {
        return password.length > 0 && password.length <= PasswordPolicy.LONGEST;
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
        private final List<String> imported = new ArrayList<>();
        private ForeignCap foreignCap = ForeignCap.standard();
        private SecureRandom random = Ambient.random();

        private Builder(HashingPolicy policy) {
            this.policy = requireNonNull(policy, "policy must not be null: such as HashingPolicy.standard()");
        }

        /**
         * Hashes with a pepper from now on; none unless said otherwise. Hashes without it, or with a previous one, are
         * outdated. To rotate, put the new one before those that hashes still name.
         */
        public Builder pepper(Pepper current, Pepper... previous) {
            requireNonNull(current, "pepper must not be null: leave it out to hash without one");
            requireNonNull(previous, "previous must not be null: leave it out where there is none");
            for (Pepper each : previous) {
                requireNonNull(each, "a previous pepper must not be null: leave it out");
            }
            peppers.clear();
            peppers.add(current);
            peppers.addAll(List.of(previous));
            return this;
        }

        /** Checks hashes that come from this Firebase project; may be said again for another. */
        public Builder firebase(FirebaseScrypt project) {
            firebase.add(requireNonNull(project, "firebase must not be null: leave it out where there is none"));
            return this;
        }

        /**
         * Takes the work of hashes of this form at each check too, whoever is checked and whether or not there is such
         * an account, so that time does not tell who was imported with one; not done unless said. May be said again for
         * another form; of PBKDF2 by one digest the most iterations are enough. Each check costs them all besides our
         * own, for as long as this is said, and other forms are not imported then.
         *
         * @param example any hash of that form and cost, as it is stored
         */
        public Builder imported(String example) {
            imported.add(requireNonNull(example, "imported must not be null: leave it out where there are none"));
            return this;
        }

        public Builder foreignCap(ForeignCap most) {
            foreignCap = requireNonNull(most, "foreignCap must not be null: leave it out for the standard one");
            return this;
        }

        public Builder random(SecureRandom generator) {
            random = requireNonNull(generator, "random must not be null: leave it out for our own");
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
