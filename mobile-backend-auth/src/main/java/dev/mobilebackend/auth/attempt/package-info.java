// SPDX-License-Identifier: Apache-2.0
/** The brake on guessing passwords and codes. Start at {@link dev.mobilebackend.auth.attempt.LoginGuard}. */
@NullMarked
package dev.mobilebackend.auth.attempt;

import org.jspecify.annotations.NullMarked;
