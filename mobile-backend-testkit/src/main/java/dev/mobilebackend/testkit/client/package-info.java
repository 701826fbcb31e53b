// SPDX-License-Identifier: Apache-2.0
/**
 * A phone as a well-behaved app would program it: signed in, patient, and never ordering twice. Start at
 * {@link dev.mobilebackend.testkit.client.MobileClient}.
 */
@NullMarked
package dev.mobilebackend.testkit.client;

import org.jspecify.annotations.NullMarked;
