// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

/** The types of the events that this module records. */
public final class AuditEvents {

    public static final String SIGNED_IN = "sign-in.succeeded";
    public static final String SIGN_IN_FAILED = "sign-in.failed";

    /** Somebody has shown once more, within their session, who they are. */
    public static final String STEPPED_UP = "session.stepped-up";

    /** Staff began to act in the place of an account; the details have the reason. */
    public static final String IMPERSONATED = "impersonation.begun";

    /** Someone signed in on a device that the account did not know. */
    public static final String NEW_DEVICE = "sign-in.new-device";

    /** Someone signed in too far from where the account had been signed in just before. */
    public static final String IMPOSSIBLE_TRAVEL = "sign-in.impossible-travel";

    /** Who had signed in did not know the password or the code that they were asked for. */
    public static final String CONFIRMATION_FAILED = "confirmation.failed";

    public static final String SIGNED_OUT = "session.signed-out";
    public static final String SESSION_ENDED = "session.ended";
    /** A refresh token was used again after its answer had arrived: somebody has a copy. */
    public static final String TOKEN_REPLAYED = "session.token-replayed";

    /** A refresh token was used again without a proof of who repeats it, which was let pass. */
    public static final String PLAIN_REPEAT = "session.plain-repeat";

    /** A refresh token came with another key than its session's. */
    public static final String WRONG_KEY = "session.wrong-key";

    /** The details of all entries that concern an account were erased. */
    public static final String ERASED = "audit.erased";

    /** The first entry of a trail. */
    public static final String TRAIL_BEGUN = "audit.begun";

    /** The trail goes on under another server secret. */
    public static final String SECRET_CHANGED = "audit.secret-changed";

    /** Entries have left the trail for its archive; the details say up to which, and its tag. */
    public static final String ARCHIVED = "audit.archived";

    /** The end of the trail was not as it had been left; what stands before this entry is not vouched for. */
    public static final String TRAIL_BROKEN = "audit.broken";

    public static final String ACCOUNT_CREATED = "account.created";
    public static final String ACCOUNT_DELETED = "account.deleted";
    public static final String GUEST_UPGRADED = "account.upgraded";
    public static final String GUEST_MERGED = "account.merged";
    public static final String CONTACT_CHANGED = "account.contact-changed";
    public static final String ROLE_GRANTED = "account.role-granted";
    public static final String ROLE_REVOKED = "account.role-revoked";
    public static final String KEY_MADE = "key.made";
    /** A signing key verifies nothing any more: somebody has ended it, or its time was over. */
    public static final String KEY_REMOVED = "key.removed";

    public static final String PASSWORD_CHANGED = "password.changed";
    public static final String PASSWORD_RESET = "password.reset";

    private AuditEvents() {}
}
