// SPDX-License-Identifier: Apache-2.0
/**
 * What becomes of a small server when everybody signs in at once. Start at {@link
 * dev.mobilebackend.benchmarks.signin.SignInFloodBenchmark}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.signin;

import org.jspecify.annotations.NullMarked;
