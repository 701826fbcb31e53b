// SPDX-License-Identifier: Apache-2.0
/** What checking a password costs. Start at {@link dev.mobilebackend.benchmarks.password.PasswordBenchmark}. */
@NullMarked
package dev.mobilebackend.benchmarks.password;

import org.jspecify.annotations.NullMarked;
