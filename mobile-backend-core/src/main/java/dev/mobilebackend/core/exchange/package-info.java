// SPDX-License-Identifier: Apache-2.0
/** What a step or a handler sees of one request. Start at {@link dev.mobilebackend.core.exchange.Exchange}. */
@NullMarked
package dev.mobilebackend.core.exchange;

import org.jspecify.annotations.NullMarked;
