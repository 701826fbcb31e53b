// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Signing keys of one process; its tokens end with it. Thread safe. */
public final class InMemoryKeyStore implements KeyStore {

    private final ConcurrentMap<Integer, SigningKey> byGeneration = new ConcurrentHashMap<>();

    public InMemoryKeyStore() {}

    @Override
    public List<SigningKey> all() {
        return List.copyOf(byGeneration.values());
    }

    @Override
    public boolean tryAdd(SigningKey key) {
        return byGeneration.putIfAbsent(key.generation(), key) == null;
    }

    @Override
    public void remove(String keyId) {
        byGeneration.values().removeIf(key -> key.id().equals(keyId));
    }
}
