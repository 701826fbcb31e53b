// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Two keys of each algorithm for all tests, since one for RS256 takes seconds to make. */
public final class TestKeys {

    private static final Map<SigningAlgorithm, SigningKey> KEYS = keys();
    private static final Map<SigningAlgorithm, SigningKey> OTHERS = keys();

    private TestKeys() {}

    public static SigningKey of(SigningAlgorithm algorithm) {
        return KEYS.get(algorithm);
    }

    public static SigningKey other(SigningAlgorithm algorithm) {
        return OTHERS.get(algorithm);
    }

    private static Map<SigningAlgorithm, SigningKey> keys() {
        var keys = new EnumMap<SigningAlgorithm, SigningKey>(SigningAlgorithm.class);
        for (SigningAlgorithm each : SigningAlgorithm.values()) {
            keys.put(each, SigningKey.generate(each, 1, Instant.EPOCH, new SecureRandom()));
        }
        return keys;
    }
}
