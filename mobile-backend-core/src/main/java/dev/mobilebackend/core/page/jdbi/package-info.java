// SPDX-License-Identifier: Apache-2.0
/** Pages straight from an index. Start at {@link dev.mobilebackend.core.page.jdbi.Keyset}. */
@NullMarked
package dev.mobilebackend.core.page.jdbi;

import org.jspecify.annotations.NullMarked;
