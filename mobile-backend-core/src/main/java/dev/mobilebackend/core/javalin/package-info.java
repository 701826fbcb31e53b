// SPDX-License-Identifier: Apache-2.0
/** The edge in front of a Javalin application. Start at {@link dev.mobilebackend.core.javalin.JavalinEdge}. */
@NullMarked
package dev.mobilebackend.core.javalin;

import org.jspecify.annotations.NullMarked;
