// SPDX-License-Identifier: Apache-2.0
/** The keys that access tokens are signed with. Start at {@link dev.mobilebackend.auth.key.KeyRing}. */
@NullMarked
package dev.mobilebackend.auth.key;

import org.jspecify.annotations.NullMarked;
