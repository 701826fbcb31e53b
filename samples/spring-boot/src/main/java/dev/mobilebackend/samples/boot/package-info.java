// SPDX-License-Identifier: Apache-2.0
/**
 * Spring Boot and Spring Security behind the edge. Start at {@link dev.mobilebackend.samples.boot.SpringBootApp}.
 */
@NullMarked
package dev.mobilebackend.samples.boot;

import org.jspecify.annotations.NullMarked;
