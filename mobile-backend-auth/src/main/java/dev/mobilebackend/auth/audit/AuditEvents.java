// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

/** The types of the events that this module records. */
public final class AuditEvents {

    /** The details of all entries that concern an account were erased. */
    public static final String ERASED = "audit.erased";

    public static final String ACCOUNT_CREATED = "account.created";
    public static final String ACCOUNT_DELETED = "account.deleted";
    public static final String GUEST_UPGRADED = "account.upgraded";
    public static final String GUEST_MERGED = "account.merged";
    public static final String CONTACT_CHANGED = "account.contact-changed";
    public static final String PASSWORD_CHANGED = "password.changed";
    public static final String PASSWORD_RESET = "password.reset";

    private AuditEvents() {}
}
