// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sign and verify access tokens: one that signs, those before it until their tokens have ended, and
 * perhaps one that is known already and signs later. All instances over one store agree without talking to each
 * other, since a key is known for {@link KeyPolicy#publishAhead} before it signs. Thread safe.
 *
 * <p>The first use after {@link KeyPolicy#reloadEvery} asks the store again; an unknown key id never does. While the
 * store is away, the known keys go on. A leaked key is ended by removing it from the store.
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
     * The key of an id, unless it has never been or has been retired.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 503 if the store has been away so long that the key may
     *     be a new one
     */
    public Optional<SigningKey> find(String keyId) {
        Instant now = clock.instant();
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

    /** The key set for other services to verify with (RFC 7517 section 5): public parts only. */
    public String jwks() {
        Instant now = clock.instant();
        List<JWK> keys =
                view(now).usable(now).stream().<JWK>map(SigningKey::publicJwk).toList();
        return new JWKSet(keys).toString();
    }

    /**
     * Makes the next key, which signs from {@link KeyPolicy#publishAhead} on, and forgets those that have been
     * retired. Where another instance rotates at the same moment, one new key comes out of it.
     */
    public void rotate() {
        reloading.lock();
        try {
            Instant now = clock.instant();
            KeyView before = load(now);
            store.tryAdd(SigningKey.generate(before.lastGeneration() + 1, now.plus(policy.publishAhead()), random));
            for (SigningKey retired : before.retired(now)) {
                store.remove(retired.id());
            }
            view = load(now);
        } finally {
            reloading.unlock();
        }
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
            store.tryAdd(SigningKey.generate(1, now, random));
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
            this.store = store;
        }

        public Builder policy(KeyPolicy chosen) {
            policy = chosen;
            return this;
        }

        public Builder clock(InstantSource chosen) {
            clock = chosen;
            return this;
        }

        public Builder random(SecureRandom chosen) {
            random = chosen;
            return this;
        }

        /** Reads the keys, and makes the first one where there is none. */
        public KeyRing build() {
            return new KeyRing(this);
        }
    }
}
