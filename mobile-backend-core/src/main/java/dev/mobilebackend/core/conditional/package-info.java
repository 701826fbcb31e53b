// SPDX-License-Identifier: Apache-2.0
/** Conditional requests (RFC 9110 section 13). Start at {@link dev.mobilebackend.core.conditional.ETag}. */
@NullMarked
package dev.mobilebackend.core.conditional;

import org.jspecify.annotations.NullMarked;
