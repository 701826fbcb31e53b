// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/**
 * Body of impersonation.
 *
 * @param accountId in whose place
 * @param reason why, for those who read the audit trail
 */
record AuthImpersonation(String accountId, String reason) {}
