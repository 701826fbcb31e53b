// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/**
 * A message that is owed to somebody, as it may be kept until it is sent, in a job for example. It holds no code, only
 * what {@link Accounts#message} computes the code from: a copy of the database verifies no address.
 *
 * @param to the address or the phone
 * @param seed what a code is computed from; it says nothing where the kind carries none
 */
public record Notice(Kind kind, String to, String seed) {

    /** What it is about; stored by name. */
    public enum Kind {
        /** Here is the code that confirms your address. */
        VERIFICATION_CODE("Confirm your email address"),
        /** Somebody, perhaps you, signed up with this address, which has an account already. */
        ALREADY_REGISTERED("You already have an account"),
        /** A device of yours was signed out: somebody used a copy of what keeps it signed in. */
        SESSION_REPLAYED("One of your devices was signed out"),
        /** Somebody, hopefully you, signed in on a device that your account did not know. */
        NEW_DEVICE("Your account was used on a new device"),
        /** Here is the code that signs you in. */
        SIGN_IN_CODE("Your sign-in code"),
        /** Here is the link that signs you in; the message's code is its token. */
        SIGN_IN_LINK("Your sign-in link"),
        /** Here is the code with which you set a new password. */
        PASSWORD_RESET_CODE("Set a new password"),
        /** Here is the code that confirms your new address or phone. */
        NEW_CONTACT_CODE("Confirm that this is yours"),
        /** Here is the code that shows once more that it is you. */
        STEP_UP_CODE("Your confirmation code"),
        /** Somebody, perhaps you, wanted to get into an account that does not exist. */
        NO_ACCOUNT("There is no account with this address"),
        /** Somebody, hopefully you, set a new password. */
        PASSWORD_CHANGED("Your password was changed"),
        /** Somebody, hopefully you, wants to give the account another address or phone. */
        CONTACT_CHANGE_ASKED("Your account is about to get another address or phone"),
        /** Somebody, hopefully you, gave the account another address or phone, perhaps in place of this one. */
        CONTACT_CHANGED("Your account has another address or phone now"),
        /** The account does not exist any more. */
        ACCOUNT_DELETED("Your account was deleted");

        private final String subject;

        Kind(String subject) {
            this.subject = subject;
        }

        /** What the message is about, in a few English words. */
        public String subject() {
            return subject;
        }

        /** Whether a code, or a link's token, stands in the message. */
        boolean carriesCode() {
            return switch (this) {
                case VERIFICATION_CODE,
                        SIGN_IN_CODE,
                        SIGN_IN_LINK,
                        PASSWORD_RESET_CODE,
                        NEW_CONTACT_CODE,
                        STEP_UP_CODE -> true;
                case ALREADY_REGISTERED,
                        SESSION_REPLAYED,
                        NEW_DEVICE,
                        NO_ACCOUNT,
                        PASSWORD_CHANGED,
                        CONTACT_CHANGE_ASKED,
                        CONTACT_CHANGED,
                        ACCOUNT_DELETED -> false;
            };
        }
    }

    /** What has to carry it. */
    public Contact.Channel channel() {
        return Contact.Channel.of(to);
    }

    @Override
    public String toString() {
        return "Notice[" + kind + ", hidden]";
    }
}
