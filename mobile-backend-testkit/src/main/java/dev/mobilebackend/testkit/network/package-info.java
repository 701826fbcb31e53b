// SPDX-License-Identifier: Apache-2.0
/**
 * The bad network between a phone and the application. Start at
 * {@link dev.mobilebackend.testkit.network.NetworkProxy}.
 */
@NullMarked
package dev.mobilebackend.testkit.network;

import org.jspecify.annotations.NullMarked;
