// SPDX-License-Identifier: Apache-2.0
/** Time that passes only when a test says so. Start at {@link dev.mobilebackend.testkit.clock.TestClock}. */
@NullMarked
package dev.mobilebackend.testkit.clock;

import org.jspecify.annotations.NullMarked;
