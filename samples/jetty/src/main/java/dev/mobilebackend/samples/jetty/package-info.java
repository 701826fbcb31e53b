// SPDX-License-Identifier: Apache-2.0
/** A plain Jetty behind the edge. Start at {@link dev.mobilebackend.samples.jetty.JettyApp}. */
@NullMarked
package dev.mobilebackend.samples.jetty;

import org.jspecify.annotations.NullMarked;
