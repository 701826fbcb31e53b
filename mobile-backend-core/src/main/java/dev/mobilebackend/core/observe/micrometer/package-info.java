// SPDX-License-Identifier: Apache-2.0
/** Figures of the edge for Micrometer. Start at {@link dev.mobilebackend.core.observe.micrometer.EdgeMetrics}. */
@NullMarked
package dev.mobilebackend.core.observe.micrometer;

import org.jspecify.annotations.NullMarked;
