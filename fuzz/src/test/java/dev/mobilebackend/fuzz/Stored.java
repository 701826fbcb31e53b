// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.mobilebackend.auth.dpop.DpopDecision;
import dev.mobilebackend.auth.dpop.DpopPolicy;
import dev.mobilebackend.auth.dpop.DpopProofs;
import dev.mobilebackend.auth.password.Argon2Cost;
import dev.mobilebackend.auth.password.BreachedPasswordFile;
import dev.mobilebackend.auth.password.ForeignCap;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.core.secret.ServerSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Parsers that no request reaches as it comes: of imported hashes, of breached passwords, and of proofs by keys. */
final class Stored {

    private static final Argon2Cost CHEAP = new Argon2Cost(8, 1, 1);
    private static final Passwords PASSWORDS = Passwords.builder(
                    new HashingPolicy(CHEAP, CHEAP, 1, 1, Duration.ofSeconds(30)))
            .foreignCap(new ForeignCap(4, 16, 1, 10))
            .build();
    private static final DpopProofs PROOFS =
            new DpopProofs(DpopPolicy.of("https://api.shop.example"), ServerSecret.of(new byte[32]));
    private static final ECKey KEY = key();
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private Stored() {}

    /** What stands in place of a hash is either checked or refused, and never right. */
    static void hash(String stored) {
        try {
            PASSWORDS.requireVerifiable(stored);
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (PASSWORDS.verify("no password of anybody's".toCharArray(), stored).right()) {
            throw new AssertionError("was taken for the hash of a password that nobody has: " + stored);
        }
    }

    /** A file is refused or can be asked; a list is refused or makes such a file. */
    static void breached(byte[] bytes) {
        try {
            Path given = Files.createTempFile("breached", ".given");
            Path built = Files.createTempFile("breached", ".built");
            try {
                Files.write(given, bytes);
                asked(given);
                if (isBuilt(given, built)) {
                    BreachedPasswordFile.open(built).contains("password".toCharArray());
                }
            } finally {
                Files.delete(given);
                Files.delete(built);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A proof is a decision, and none is right that was not signed. */
    static void proof(String field) {
        for (String token : List.of("", "a.b.c")) {
            var decision = token.isEmpty()
                    ? PROOFS.check(field, "GET", "/v1/me", NOW)
                    : PROOFS.checkBound(field, "GET", "/v1/me", token, "A".repeat(43), NOW);
            if (decision instanceof DpopDecision.Proven) {
                throw new AssertionError("was taken for a proof: " + field);
            }
        }
    }

    /** The same with a genuine signature by a key that somebody made: what is in it may be anything. */
    static void signed(byte[] claims) {
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(KEY.toPublicJWK())
                .build();
        try {
            var jws = new JWSObject(header, new Payload(claims));
            jws.sign(new ECDSASigner(KEY));
            PROOFS.check(jws.serialize(), "GET", "/v1/me", NOW);
        } catch (JOSEException refused) {
            throw new AssertionError("a P-256 key signs", refused);
        }
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException missing) {
            throw new AssertionError("every JDK has P-256", missing);
        }
    }

    private static void asked(Path file) {
        try {
            BreachedPasswordFile.open(file).contains("password".toCharArray());
        } catch (IllegalArgumentException refused) {
            // As it should be.
        }
    }

    private static boolean isBuilt(Path list, Path file) {
        try {
            BreachedPasswordFile.build(list, 1, file);
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }
}
