// SPDX-License-Identifier: Apache-2.0
/**
 * How many requests are worked on at once, and who goes first when that is not all of them. Start at {@link
 * dev.mobilebackend.core.load.LoadPolicy}.
 */
@NullMarked
package dev.mobilebackend.core.load;

import org.jspecify.annotations.NullMarked;
