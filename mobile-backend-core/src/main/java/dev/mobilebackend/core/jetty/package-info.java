// SPDX-License-Identifier: Apache-2.0
/** What Jetty refuses by itself. Start at {@link dev.mobilebackend.core.jetty.JettyProblems}. */
@NullMarked
package dev.mobilebackend.core.jetty;

import org.jspecify.annotations.NullMarked;
