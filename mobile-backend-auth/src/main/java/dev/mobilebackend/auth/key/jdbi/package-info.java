// SPDX-License-Identifier: Apache-2.0
/** Signing keys in the application's database. Start at {@link dev.mobilebackend.auth.key.jdbi.JdbiKeyStore}. */
@NullMarked
package dev.mobilebackend.auth.key.jdbi;

import org.jspecify.annotations.NullMarked;
