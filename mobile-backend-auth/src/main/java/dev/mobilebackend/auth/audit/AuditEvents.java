// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

/** The types of the events that this module records. */
public final class AuditEvents {

    public static final String SIGNED_IN = "sign-in.succeeded";
    public static final String SIGN_IN_FAILED = "sign-in.failed";
    public static final String SIGNED_OUT = "session.signed-out";
    public static final String SESSION_ENDED = "session.ended";
    /** The details of all entries that concern an account were erased. */
    public static final String ERASED = "audit.erased";

    public static final String TOKEN_REPLAYED = "session.token-replayed";

    private AuditEvents() {}
}
