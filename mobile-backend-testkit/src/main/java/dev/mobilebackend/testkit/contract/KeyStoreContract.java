// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.ambient.Ambient;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store of signing keys must do; a subclass hands in the store that is to be tested. */
public abstract class KeyStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");

    /** Made for subclasses. */
    protected KeyStoreContract() {}

    /** The store under test; every call may give another object over the same keys. */
    protected abstract KeyStore store();

    @BeforeEach
    void forgetEveryKey() {
        store().all().forEach(key -> store().remove(key.id()));
    }

    /** But RS256, whose keys take seconds to make. */
    @Test
    void givesBackWhatItKeepsOfEveryAlgorithm() {
        for (SigningAlgorithm algorithm : EnumSet.complementOf(EnumSet.of(SigningAlgorithm.RS256))) {
            SigningKey key = key(algorithm, 1);

            assertTrue(store().tryAdd(key));

            SigningKey back = store().all().get(0);
            assertEquals(key.id(), back.id());
            assertEquals(key.privateJwk(), back.privateJwk());
            assertEquals(key.generation(), back.generation());
            assertEquals(key.activeFrom(), back.activeFrom());
            store().remove(key.id());
        }
    }

    @Test
    void keepsOneKeyAGeneration() {
        SigningKey first = key(SigningAlgorithm.ES256, 1);
        assertTrue(store().tryAdd(first));

        assertFalse(store().tryAdd(key(SigningAlgorithm.ES256, 1)));

        assertEquals(
                List.of(first.id()), store().all().stream().map(SigningKey::id).toList());
    }

    @Test
    void ofManyThatAddTheSameGenerationOneWins() {
        List<Boolean> added = Race.of(8, () -> store().tryAdd(key(SigningAlgorithm.EDDSA, 1)));

        assertEquals(1, added.stream().filter(won -> won).count());
        assertEquals(1, store().all().size());
    }

    @Test
    void forgetsAKeyAndNoOther() {
        SigningKey key = key(SigningAlgorithm.ES256, 1);
        SigningKey other = key(SigningAlgorithm.ES256, 2);
        store().tryAdd(key);
        store().tryAdd(other);

        store().remove(key.id());
        store().remove(key.id());
        store().remove("unknown");

        assertEquals(
                List.of(other.id()), store().all().stream().map(SigningKey::id).toList());
    }

    @Test
    void sealingAnewLosesNoKey() {
        SigningKey key = key(SigningAlgorithm.ES256, 1);
        store().tryAdd(key);

        store().sealAnew();

        assertEquals(key.privateJwk(), store().all().get(0).privateJwk());
    }

    @Test
    void instancesThatStartAtOnceAgreeOnTheFirstKey() {
        List<String> ids =
                Race.of(4, () -> KeyRing.builder(store()).build().current().id());

        assertEquals(1, new HashSet<>(ids).size());
        assertEquals(1, store().all().size());
    }

    private static SigningKey key(SigningAlgorithm algorithm, int generation) {
        return SigningKey.generate(algorithm, generation, START, Ambient.random());
    }
}
