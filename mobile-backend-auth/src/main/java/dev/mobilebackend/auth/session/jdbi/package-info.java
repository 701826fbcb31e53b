// SPDX-License-Identifier: Apache-2.0
/** Sessions in the application's database. Start at {@link dev.mobilebackend.auth.session.jdbi.JdbiSessionStore}. */
@NullMarked
package dev.mobilebackend.auth.session.jdbi;

import org.jspecify.annotations.NullMarked;
