// SPDX-License-Identifier: Apache-2.0
/** The one error format, problem details (RFC 9457). Start at {@link dev.mobilebackend.core.problem.Problem}. */
@NullMarked
package dev.mobilebackend.core.problem;

import org.jspecify.annotations.NullMarked;
