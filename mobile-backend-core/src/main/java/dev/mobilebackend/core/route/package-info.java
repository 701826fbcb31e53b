// SPDX-License-Identifier: Apache-2.0
/** Every endpoint declared, and nothing else served. Start at {@link dev.mobilebackend.core.route.Routes}. */
@NullMarked
package dev.mobilebackend.core.route;

import org.jspecify.annotations.NullMarked;
