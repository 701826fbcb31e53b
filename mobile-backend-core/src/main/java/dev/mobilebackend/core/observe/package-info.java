// SPDX-License-Identifier: Apache-2.0
/** What operators see of each request. Start at {@link dev.mobilebackend.core.observe.AccessLog}. */
@NullMarked
package dev.mobilebackend.core.observe;

import org.jspecify.annotations.NullMarked;
