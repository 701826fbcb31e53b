// SPDX-License-Identifier: Apache-2.0
/**
 * What every benchmark needs: another JVM, load, middle values, a table. Start at
 * {@link dev.mobilebackend.benchmarks.Run}.
 */
@NullMarked
package dev.mobilebackend.benchmarks;

import org.jspecify.annotations.NullMarked;
