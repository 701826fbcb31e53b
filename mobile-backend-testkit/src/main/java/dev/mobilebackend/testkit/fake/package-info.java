// SPDX-License-Identifier: Apache-2.0
/**
 * Platforms of others on a loopback port, so that an application's tests send over a real connection what no phone gets.
 * Start at {@link dev.mobilebackend.testkit.fake.FakeApns}.
 */
@NullMarked
package dev.mobilebackend.testkit.fake;

import org.jspecify.annotations.NullMarked;
