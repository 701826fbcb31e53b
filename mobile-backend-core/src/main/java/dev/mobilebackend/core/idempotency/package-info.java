// SPDX-License-Identifier: Apache-2.0
/**
 * One effect and one answer however often a request is sent. Start at {@link
 * dev.mobilebackend.core.idempotency.IdempotencyPolicy}.
 */
@NullMarked
package dev.mobilebackend.core.idempotency;

import org.jspecify.annotations.NullMarked;
