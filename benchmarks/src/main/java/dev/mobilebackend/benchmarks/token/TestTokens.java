// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.token;

import com.nimbusds.jose.jwk.JWK;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Tokens of one algorithm with the claims that a signed-in phone's have, all under one key. */
final class TestTokens {

    static final String ISSUER = "https://api.shop.example";
    static final String AUDIENCE = "shop";

    private static final AccessTokenPolicy POLICY =
            new AccessTokenPolicy(ISSUER, AUDIENCE, Duration.ofDays(1), Duration.ofSeconds(5));

    private final KeyRing keys;
    private final String[] texts;

    TestTokens(SigningAlgorithm algorithm, int count) {
        keys = KeyRing.builder(new InMemoryKeyStore())
                .policy(KeyPolicy.standard().withAlgorithm(algorithm).withRetention(Duration.ofDays(2)))
                .build();
        AccessTokens tokens = checker(0);
        var signedIn = new Authentication(Instant.ofEpochSecond(1_700_000_000), Set.of("pwd"));
        texts = new String[count];
        for (int i = 0; i < count; i++) {
            String id = Integer.toString(i);
            var caller = new Caller(
                    "0b9c6a86-7a6e-4d0f-9f57-"
                            .concat("0".repeat(12 - id.length()))
                            .concat(id),
                    "Zm9vYmFyYmF6cXV4c2Vzcw",
                    Set.of("customer"),
                    Set.of(),
                    signedIn,
                    null);
            texts[i] = tokens.issue(caller).token();
        }
    }

    /** Ours, remembering so many tokens. */
    AccessTokens checker(int remembered) {
        return AccessTokens.builder(POLICY, keys).remembered(remembered).build();
    }

    /** The key as a peer reads it: with its public part, or the secret where there is none. */
    JWK key() throws ParseException {
        JWK whole = JWK.parse(keys.current().privateJwk());
        JWK published = whole.toPublicJWK();
        return published == null ? whole : published;
    }

    int count() {
        return texts.length;
    }

    /** A token as a request brings it: with something before it, and in an object of its own. */
    String fresh(int index, String before) {
        return before.concat(texts[index]);
    }
}
