// SPDX-License-Identifier: Apache-2.0
/**
 * The one secret an application keeps, and the keys made from it. Start at
 * {@link dev.mobilebackend.core.secret.ServerSecret}.
 */
@NullMarked
package dev.mobilebackend.core.secret;

import org.jspecify.annotations.NullMarked;
