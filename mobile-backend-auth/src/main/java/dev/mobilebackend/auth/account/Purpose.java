// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/** What a one-time code is for; it is taken for nothing else. Stored by name. */
public enum Purpose {
    /** Makes an account of a sign-up; by address. */
    SIGN_UP(Notice.Kind.VERIFICATION_CODE, Asker.ANYBODY),
    /** Signs in; by address or phone. */
    SIGN_IN(Notice.Kind.SIGN_IN_CODE, Asker.ANYBODY),
    /** Signs in by a link; by address. */
    SIGN_IN_LINK(Notice.Kind.SIGN_IN_LINK, Asker.ANYBODY),
    /** Sets a new password; by address. */
    PASSWORD_RESET(Notice.Kind.PASSWORD_RESET_CODE, Asker.ANYBODY),
    /** Gives an account another address; by account. */
    ADDRESS_CHANGE(Notice.Kind.NEW_CONTACT_CODE, Asker.ANYBODY),
    /** Gives an account a phone, or another one; by account. */
    PHONE_CHANGE(Notice.Kind.NEW_CONTACT_CODE, Asker.ANYBODY),
    /** Gives a guest's account an address and a password; by account. */
    GUEST_UPGRADE(Notice.Kind.VERIFICATION_CODE, Asker.ANYBODY),
    /** Shows once more, within a session, who is there; by account. */
    STEP_UP(Notice.Kind.STEP_UP_CODE, Asker.OWNER);

    /** Who can have a code sent to an address or phone. */
    enum Asker {
        /**
         * Also whoever has signed in to another account: counted by where the code goes, and for each device apart that
         * the account there knows.
         */
        ANYBODY,
        /** Who has signed in to the account whose it is: counted by that account, so strangers don't use it up. */
        OWNER
    }

    private final Notice.Kind notice;
    private final Asker asker;

    Purpose(Notice.Kind notice, Asker asker) {
        this.notice = notice;
        this.asker = asker;
    }

    /** What carries the code. */
    Notice.Kind notice() {
        return notice;
    }

    Asker asker() {
        return asker;
    }
}
