// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.problem.Problem;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sign and verify access tokens: one that signs, those before it until their tokens have ended, and
 * perhaps one that is known already and signs later. All instances over one store agree without talking to each
 * other, since a key is known for {@link KeyPolicy#publishAhead} before it signs. Thread safe.
 *
 * <p>The first use after {@link KeyPolicy#reloadEvery} asks the store again; an unknown key id never does. While the
 * store is away, the known keys go on. An hourly job that calls {@link #rotateIfDue}, on as many instances as may be,
 * keeps keys young; a leaked one is ended by {@link #end}.
 */
public final class KeyRing {

    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);

    private final KeyStore store;
    private final KeyPolicy policy;
    private final InstantSource clock;
    private final SecureRandom random;
    private final ReentrantLock reloading = new ReentrantLock();
    private volatile KeyView view;

    private KeyRing(Builder builder) {
        this.store = builder.store;
        this.policy = builder.policy;
        this.clock = builder.clock;
        this.random = builder.random;
        store.sealAnew();
        this.view = load(clock.instant());
    }

    public static Builder builder(KeyStore store) {
        return new Builder(store);
    }

    public KeyPolicy policy() {
        return policy;
    }

    /** The key to sign with now. */
    public SigningKey current() {
        Instant now = clock.instant();
        return view(now).current(now);
    }

    /**
     * The key of an id, unless it has never been or has been retired by then.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 503 if the store has been away so long that the key may
     *     be a new one
     */
    public Optional<SigningKey> find(String keyId, Instant now) {
        KeyView seen = view(now);
        Optional<SigningKey> found = seen.find(keyId, now);
        if (found.isEmpty() && seen.mayMissKeys(now, policy)) {
            throw Problem.UNAVAILABLE
                    .detail("access tokens can't be checked right now: try again")
                    .retryAfter(policy.reloadEvery())
                    .exception();
        }
        return found;
    }

    /**
     * The key set for other services to verify with (RFC 7517 section 5): public parts only, so keys that have none
     * ({@link SigningAlgorithm#HS256}) are not in it.
     */
    public String jwks() {
        Instant now = clock.instant();
        List<JWK> keys = view(now).usable(now).stream()
                .flatMap(key -> key.publicJwk().stream())
                .toList();
        return new JWKSet(keys).toString();
    }

    /**
     * Makes the next key, which signs from {@link KeyPolicy#publishAhead} on, and forgets those that have been
     * retired. Where another instance rotates at the same moment, one new key comes out of it.
     */
    public void rotate() {
        renew(newest -> true);
    }

    /**
     * {@link #rotate} where the newest key has signed for {@link KeyPolicy#signFor}, or is for another algorithm than
     * the policy's; forgets retired keys in any case. Meant for a recurring job, on one instance or on all of them.
     *
     * @return whether the next key was made, and by this call
     */
    public boolean rotateIfDue() {
        return renew(newest -> !clock.instant().isBefore(newest.activeFrom().plus(policy.signFor()))
                || newest.algorithm() != policy.algorithm());
    }

    /**
     * Ends a key that has leaked: its tokens are refused here at once, and on every instance within
     * {@link KeyPolicy#reloadEvery}. Where it was the one that signs, a new one signs at once; for as long its tokens
     * may be refused by an instance that has not looked yet, and the phone refreshes them.
     *
     * @throws IllegalArgumentException if there is no such key: then it is mistyped, or has ended already
     */
    public void end(String keyId) {
        reloading.lock();
        try {
            Instant now = clock.instant();
            KeyView before = load(now);
            requireKey(before, keyId);
            if (before.current(now).id().equals(keyId)) {
                add(before.newest().generation() + 1, now);
            }
            // Where its successor goes, a retired key would verify again.
            forget(before.retired(now));
            store.remove(keyId);
            view = load(now);
        } finally {
            reloading.unlock();
        }
    }

    private static void requireKey(KeyView view, String keyId) {
        List<String> ids = view.keys().stream().map(SigningKey::id).toList();
        if (!ids.contains(keyId)) {
            throw new IllegalArgumentException("there is no signing key " + keyId + ": it is mistyped, or has ended"
                    + " already; there are " + String.join(", ", ids));
        }
    }

    private boolean renew(Predicate<SigningKey> isDue) {
        reloading.lock();
        try {
            store.sealAnew();
            Instant now = clock.instant();
            KeyView before = load(now);
            boolean added = isDue.test(before.newest())
                    && add(before.newest().generation() + 1, now.plus(policy.publishAhead()));
            forget(before.retired(now));
            view = load(now);
            return added;
        } finally {
            reloading.unlock();
        }
    }

    private void forget(List<SigningKey> retired) {
        for (SigningKey key : retired) {
            store.remove(key.id());
        }
    }

    private boolean add(int generation, Instant activeFrom) {
        return store.tryAdd(SigningKey.generate(policy.algorithm(), generation, activeFrom, random));
    }

    /** While the view can't miss a key that signs, one caller reloads and the others go on; after that they wait. */
    private KeyView view(Instant now) {
        KeyView seen = view;
        if (!seen.isStale(now)) {
            return seen;
        }
        if (seen.mayMissKeys(now, policy)) {
            reloading.lock();
        } else if (!reloading.tryLock()) {
            return seen;
        }
        try {
            if (view.isStale(now)) {
                view = reload(view, now);
            }
            return view;
        } finally {
            reloading.unlock();
        }
    }

    private KeyView reload(KeyView before, Instant now) {
        try {
            return load(now);
        } catch (RuntimeException storeIsAway) {
            LOG.warn("could not reload the signing keys, going on with those of {}", before.loadedAt(), storeIsAway);
            return before.kept(now, policy);
        }
    }

    private KeyView load(Instant now) {
        List<SigningKey> keys = store.all();
        if (keys.isEmpty()) {
            add(1, now);
            keys = store.all();
        }
        return KeyView.of(keys, now, policy);
    }

    /** What a ring is made of; the store is the only thing it must be given. */
    public static final class Builder {

        private final KeyStore store;
        private KeyPolicy policy = KeyPolicy.standard();
        private InstantSource clock = Ambient.clock();
        private SecureRandom random = Ambient.random();

        private Builder(KeyStore store) {
            this.store =
                    requireNonNull(store, "store must not be null: new InMemoryKeyStore() keeps keys in this process");
        }

        public Builder policy(KeyPolicy chosen) {
            policy = requireNonNull(chosen, "policy must not be null: leave it out for the standard one");
            return this;
        }

        public Builder clock(InstantSource chosen) {
            clock = requireNonNull(chosen, "clock must not be null: leave it out for the system's");
            return this;
        }

        public Builder random(SecureRandom chosen) {
            random = requireNonNull(chosen, "random must not be null: leave it out for our own");
            return this;
        }

        /** Reads the keys, and makes the first one where there is none. */
        public KeyRing build() {
            return new KeyRing(this);
        }
    }
}
