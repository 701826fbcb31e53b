// SPDX-License-Identifier: Apache-2.0
/**
 * The application's database, its dialect and our tables in it. Start at {@link dev.mobilebackend.core.data.Database}.
 */
@NullMarked
package dev.mobilebackend.core.data;

import org.jspecify.annotations.NullMarked;
