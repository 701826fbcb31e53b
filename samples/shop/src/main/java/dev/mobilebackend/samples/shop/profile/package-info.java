// SPDX-License-Identifier: Apache-2.0
/** The caller's own account. Start at {@link dev.mobilebackend.samples.shop.profile.Profile}. */
@NullMarked
package dev.mobilebackend.samples.shop.profile;

import org.jspecify.annotations.NullMarked;
