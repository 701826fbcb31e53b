// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/** Where somebody is reached: a mailbox or a phone. */
public sealed interface Contact permits EmailAddress, PhoneNumber {

    /** Its one normal form, such as {@code ada@example.org} or {@code +4930123456}. */
    String text();

    Channel channel();

    /** What carries a message. */
    enum Channel {
        MAIL,
        SMS;

        /** What carries a message to a contact in its normal form: only an email address has an @. */
        static Channel of(String contact) {
            return contact.indexOf('@') < 0 ? SMS : MAIL;
        }
    }

    /** A contact in its normal form, as stores keep it. */
    static Contact of(String text) {
        return switch (Channel.of(text)) {
            case MAIL -> new EmailAddress(text);
            case SMS -> new PhoneNumber(text);
        };
    }
}
