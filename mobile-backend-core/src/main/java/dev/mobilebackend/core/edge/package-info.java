// SPDX-License-Identifier: Apache-2.0
/** The front door of an application. Start at {@link dev.mobilebackend.core.edge.Edge}. */
@NullMarked
package dev.mobilebackend.core.edge;

import org.jspecify.annotations.NullMarked;
