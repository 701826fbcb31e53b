// SPDX-License-Identifier: Apache-2.0
/**
 * Proofs that a request comes from the device whose hardware holds a key (RFC 9449). Start at
 * {@link dev.mobilebackend.auth.dpop.DpopProofs}.
 */
@NullMarked
package dev.mobilebackend.auth.dpop;

import org.jspecify.annotations.NullMarked;
