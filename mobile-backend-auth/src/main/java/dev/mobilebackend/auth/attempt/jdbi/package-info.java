// SPDX-License-Identifier: Apache-2.0
/** Tries counted in a database. Start at {@link dev.mobilebackend.auth.attempt.jdbi.JdbiAttemptStore}. */
@NullMarked
package dev.mobilebackend.auth.attempt.jdbi;

import org.jspecify.annotations.NullMarked;
