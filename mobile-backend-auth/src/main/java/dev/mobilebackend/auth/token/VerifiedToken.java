// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import dev.mobilebackend.core.exchange.Caller;
import java.time.Instant;

/** What is known of a token whose signature has been checked; everything but the time holds for ever. */
record VerifiedToken(Caller caller, String keyId, Instant expiresAt) {}
