// SPDX-License-Identifier: Apache-2.0
/**
 * Values kept near: loaded once, for a stated time, and served on while their source fails. Start at
 * {@link dev.mobilebackend.cache.Cache}.
 */
@NullMarked
package dev.mobilebackend.cache;

import org.jspecify.annotations.NullMarked;
