// SPDX-License-Identifier: Apache-2.0
/**
 * What happened to accounts, kept so that nobody can change it unseen. Start at
 * {@link dev.mobilebackend.auth.audit.AuditTrail}.
 */
@NullMarked
package dev.mobilebackend.auth.audit;

import org.jspecify.annotations.NullMarked;
