// SPDX-License-Identifier: Apache-2.0
/** Whether this instance lives and takes requests. Start at {@link dev.mobilebackend.core.health.Health}. */
@NullMarked
package dev.mobilebackend.core.health;

import org.jspecify.annotations.NullMarked;
