// SPDX-License-Identifier: Apache-2.0
/** Lists in pages, with cursors that a client cannot forge. Start at {@link dev.mobilebackend.core.page.Paging}. */
@NullMarked
package dev.mobilebackend.core.page;

import org.jspecify.annotations.NullMarked;
