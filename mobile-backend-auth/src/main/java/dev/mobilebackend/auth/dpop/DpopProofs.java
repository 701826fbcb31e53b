// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Checks the proofs of possession in the request field {@value #HEADER} (RFC 9449 section 4.3): signed by the key in
 * it, for this method and address, now, and for the first time. Thread safe.
 *
 * <pre>{@code
 * var proofs = new DpopProofs(DpopPolicy.of("https://api.shop.example"), secret);
 * if (proofs.check(field, "POST", "/v1/auth/sign-in", now) instanceof Proven proven) {
 *     sessions.open(accountId, device, methods, proven.keyThumbprint(), null, now);
 * }
 * }</pre>
 *
 * Each instance remembers what it has seen itself: a proof that somebody caught can be used once more on each other
 * one, for as long as the window is open, for the very same request.
 */
public final class DpopProofs {

    public static final String HEADER = "DPoP";

    /** The signature algorithms that a proof may have, as a challenge names them. */
    public static final String ALGORITHMS = DpopProof.ALGORITHM.getName();

    private final DpopPolicy policy;
    private final DpopNonces nonces;
    private final Cache<ByteBuffer, Boolean> seen;

    public DpopProofs(DpopPolicy policy, ServerSecret secret) {
        this.policy = policy;
        this.nonces = new DpopNonces(policy.window(), secret);
        this.seen = Caffeine.newBuilder()
                .maximumSize(policy.remembered())
                .expireAfterWrite(policy.window().multipliedBy(2))
                .executor(Runnable::run)
                .build();
    }

    /**
     * A proof by whatever key, as at sign-in.
     *
     * @param field the value of the request field
     * @param path the request's path as sent, without query
     */
    public DpopDecision check(String field, String method, String path, Instant now) {
        return check(field, method, path, null, null, now);
    }

    /**
     * A proof by one key, for the use of one access token (RFC 9449 section 7.1).
     *
     * @param accessToken the token that came with it
     * @param keyThumbprint the key that this token is bound to
     */
    public DpopDecision checkBound(
            String field, String method, String path, String accessToken, String keyThumbprint, Instant now) {
        return check(field, method, path, accessToken, keyThumbprint, now);
    }

    private DpopDecision check(
            String field,
            String method,
            String path,
            @Nullable String accessToken,
            @Nullable String keyThumbprint,
            Instant now) {
        DpopProof proof = DpopProof.parse(field).orElse(null);
        if (proof == null) {
            return new DpopDecision.Refused("must be a JWT of type dpop+jwt, signed with " + ALGORITHMS
                    + " by the public key in its header, with jti, htm, htu and iat");
        }
        if (!proof.method().equals(method)) {
            return new DpopDecision.Refused("htm must be the request's method");
        }
        if (!isFor(path, proof.uri())) {
            return new DpopDecision.Refused("htu must be the request's address as apps know it, without query");
        }
        if (accessToken != null && !digest(accessToken).equals(proof.tokenDigest())) {
            return new DpopDecision.Refused("ath must be the SHA-256 of the access token in base64url");
        }
        if (keyThumbprint != null && !keyThumbprint.equals(proof.keyThumbprint())) {
            return new DpopDecision.Refused("must be signed by the key that the access token is bound to");
        }
        if (!isNow(proof, now)) {
            return new DpopDecision.NonceNeeded(nonces.at(now));
        }
        // Last, so that only what would have been taken fills the memory.
        if (seen.asMap().putIfAbsent(remembered(proof), Boolean.TRUE) != null) {
            return new DpopDecision.Refused("jti must be another one for each request");
        }
        return new DpopDecision.Proven(proof.keyThumbprint());
    }

    /** Never compared with the request's own {@code Host}: whoever caught a proof for another host chooses that. */
    private boolean isFor(String path, String uri) {
        String named = TargetUri.normalised(uri);
        String asked = TargetUri.normalisedPath(path);
        return named != null && policy.origins().stream().anyMatch(origin -> named.equals(origin + asked));
    }

    /** By a nonce of ours where it has one, otherwise by the device's clock. */
    private boolean isNow(DpopProof proof, Instant now) {
        return proof.nonce() != null
                ? nonces.isGood(proof.nonce(), now)
                : Duration.between(proof.issuedAt(), now).abs().compareTo(policy.window()) <= 0;
    }

    private static ByteBuffer remembered(DpopProof proof) {
        return ByteBuffer.wrap(Arrays.copyOf(Sha256.of(proof.keyThumbprint() + "." + proof.id()), 16));
    }

    private static String digest(String accessToken) {
        byte[] digest = Sha256.of(accessToken.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }
}
