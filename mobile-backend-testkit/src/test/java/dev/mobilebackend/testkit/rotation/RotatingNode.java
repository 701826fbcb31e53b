// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.rotation;

import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** One instance: keys and tokens of its own over the common store, with a clock that goes a little wrong. */
final class RotatingNode {

    static final AccessTokenPolicy TOKENS = AccessTokenPolicy.of("https://api.shop.example", "shop");

    private final Duration skew;
    private final Outages store;
    private final KeyRing keys;
    private final AccessTokens tokens;

    RotatingNode(KeyStore common, KeyPolicy policy, InstantSource clock, Duration skew) {
        this.skew = skew;
        store = new Outages(common);
        InstantSource own = () -> clock.instant().plus(skew);
        keys = KeyRing.builder(store).policy(policy).clock(own).build();
        tokens = AccessTokens.builder(TOKENS, keys).clock(own).build();
    }

    KeyRing keys() {
        return keys;
    }

    AccessTokens tokens() {
        return tokens;
    }

    /** An instant as this node's clock shows it. */
    Instant local(Instant instant) {
        return instant.plus(skew);
    }

    void loseTheStore() {
        store.away = true;
    }

    void findTheStore() {
        store.away = false;
    }

    /** From here on the node sees the keys of now for ever. */
    void freezeTheStore() {
        store.frozen = store.all();
    }

    private static final class Outages implements KeyStore {

        private final KeyStore common;
        private volatile boolean away;
        private volatile List<SigningKey> frozen = List.of();

        Outages(KeyStore common) {
            this.common = common;
        }

        @Override
        public List<SigningKey> all() {
            if (away) {
                throw new IllegalStateException("the store is away");
            }
            List<SigningKey> seen = frozen;
            return seen.isEmpty() ? common.all() : seen;
        }

        @Override
        public boolean tryAdd(SigningKey key) {
            return common.tryAdd(key);
        }

        @Override
        public void remove(String keyId) {
            common.remove(keyId);
        }
    }
}
