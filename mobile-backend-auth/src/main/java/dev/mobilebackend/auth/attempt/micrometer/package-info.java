// SPDX-License-Identifier: Apache-2.0
/** Figures of tries for Micrometer. Start at {@link dev.mobilebackend.auth.attempt.micrometer.AttemptMetrics}. */
@NullMarked
package dev.mobilebackend.auth.attempt.micrometer;

import org.jspecify.annotations.NullMarked;
