// SPDX-License-Identifier: Apache-2.0
/** What the rooms of this module share: their tables. Start at {@link dev.mobilebackend.auth.AuthSchema}. */
@NullMarked
package dev.mobilebackend.auth;

import org.jspecify.annotations.NullMarked;
