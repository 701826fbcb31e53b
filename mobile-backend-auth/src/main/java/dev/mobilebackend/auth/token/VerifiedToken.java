// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import dev.mobilebackend.core.exchange.Caller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a token whose signature has been checked; everything but the time holds for ever.
 *
 * @param caller who it was issued to
 * @param keyId the key that signed it
 * @param expiresAt when it ends
 * @param keyThumbprint the key that the app must prove to hold with each request (RFC 9449 section 6.1), as its SHA-256
 *     thumbprint; null for a bearer token
 */
public record VerifiedToken(
        Caller caller,
        String keyId,
        Instant expiresAt,
        @Nullable String keyThumbprint) {}
