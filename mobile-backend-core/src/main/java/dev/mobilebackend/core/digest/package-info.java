// SPDX-License-Identifier: Apache-2.0
/**
 * Digests of bytes, plain and keyed, that need no provider chosen and throw nothing checked. Start at
 * {@link dev.mobilebackend.core.digest.Sha256}.
 */
@NullMarked
package dev.mobilebackend.core.digest;

import org.jspecify.annotations.NullMarked;
