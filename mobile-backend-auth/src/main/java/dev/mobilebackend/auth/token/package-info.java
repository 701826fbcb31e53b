// SPDX-License-Identifier: Apache-2.0
/**
 * Access tokens: signed, short-lived, checked without asking the database. Start at {@link
 * dev.mobilebackend.auth.token.AccessTokens}.
 */
@NullMarked
package dev.mobilebackend.auth.token;

import org.jspecify.annotations.NullMarked;
