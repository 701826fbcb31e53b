// SPDX-License-Identifier: Apache-2.0
/**
 * The devices that accounts were signed in on, and what is to be noticed at a sign-in. Start at
 * {@link dev.mobilebackend.auth.device.KnownDevices}.
 */
@NullMarked
package dev.mobilebackend.auth.device;

import org.jspecify.annotations.NullMarked;
