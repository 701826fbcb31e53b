// SPDX-License-Identifier: Apache-2.0
/** Every parser that hostile input reaches; everything of it stands in the tests. */
@NullMarked
package dev.mobilebackend.fuzz;

import org.jspecify.annotations.NullMarked;
