// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.idempotency.IdempotencyPolicy;

/**
 * The right to work on one request until its lease ends.
 *
 * @param scope the request
 * @param owner a number that no other claim has: whoever takes over writes another one, which fences this one off
 * @param policy how long the lease is, and the rest of its route's rules
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record Claim(byte[] scope, long owner, IdempotencyPolicy policy) {}
