// SPDX-License-Identifier: Apache-2.0
/**
 * Accounts, from the sign-up with a code to the sign-in with a password. Start at
 * {@link dev.mobilebackend.auth.account.Accounts}.
 */
@NullMarked
package dev.mobilebackend.auth.account;

import org.jspecify.annotations.NullMarked;
