// SPDX-License-Identifier: Apache-2.0
/** The audit trail in the application's database. Start at {@link dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore}. */
@NullMarked
package dev.mobilebackend.auth.audit.jdbi;

import org.jspecify.annotations.NullMarked;
