// SPDX-License-Identifier: Apache-2.0
/**
 * Conditions for reaching a route that ask more of a caller than a role: permissions, attributes, a recent proof of who
 * is at the device, and nobody in between. Start at {@link dev.mobilebackend.auth.access.StepUp}.
 */
@NullMarked
package dev.mobilebackend.auth.access;

import org.jspecify.annotations.NullMarked;
