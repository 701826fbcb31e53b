// SPDX-License-Identifier: Apache-2.0
/** Accounts in the application's database. Start at {@link dev.mobilebackend.auth.account.jdbi.JdbiAccountStore}. */
@NullMarked
package dev.mobilebackend.auth.account.jdbi;

import org.jspecify.annotations.NullMarked;
