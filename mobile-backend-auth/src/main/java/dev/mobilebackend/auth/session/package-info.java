// SPDX-License-Identifier: Apache-2.0
/**
 * Signed-in devices and the refresh that a lost answer cannot break. Start at
 * {@link dev.mobilebackend.auth.session.Sessions}.
 */
@NullMarked
package dev.mobilebackend.auth.session;

import org.jspecify.annotations.NullMarked;
