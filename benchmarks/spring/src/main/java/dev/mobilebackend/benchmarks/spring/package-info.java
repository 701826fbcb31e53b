// SPDX-License-Identifier: Apache-2.0
/**
 * Spring Boot as a peer of the edge. Start at {@link dev.mobilebackend.benchmarks.spring.SpringServer}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.spring;

import org.jspecify.annotations.NullMarked;
