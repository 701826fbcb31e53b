// SPDX-License-Identifier: Apache-2.0
/**
 * Answers stored in the transaction of what they answer. Start at {@link
 * dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency}.
 */
@NullMarked
package dev.mobilebackend.core.idempotency.jdbi;

import org.jspecify.annotations.NullMarked;
