// SPDX-License-Identifier: Apache-2.0
/**
 * Passwords: what is accepted as one, and how it is kept. Start at {@link dev.mobilebackend.auth.password.Passwords}.
 */
@NullMarked
package dev.mobilebackend.auth.password;

import org.jspecify.annotations.NullMarked;
