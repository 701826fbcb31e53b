// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.PhoneNumber;
import dev.mobilebackend.core.problem.Problem;
import org.jspecify.annotations.Nullable;

/** What people typed into fields, or a refusal that names the field. */
final class Typed {

    private Typed() {}

    static EmailAddress email(String typed) {
        try {
            return EmailAddress.parse(typed);
        } catch (IllegalArgumentException none) {
            throw Problem.INVALID_INPUT
                    .error("#/email", "must be an email address such as ada@example.org, in ASCII")
                    .exception();
        }
    }

    static PhoneNumber phone(String typed) {
        try {
            return PhoneNumber.parse(typed);
        } catch (IllegalArgumentException none) {
            throw Problem.INVALID_INPUT
                    .error("#/phone", "must be a phone number with its country code, such as +4930123456")
                    .exception();
        }
    }

    /**
     * The one of the two that came.
     *
     * @param phones whether a phone will do
     */
    static Contact contact(@Nullable String email, @Nullable String phone, boolean phones) {
        if (email != null && phone == null) {
            return email(email);
        }
        if (phones && phone != null && email == null) {
            return phone(phone);
        }
        throw Problem.INVALID_INPUT
                .error("#", phones ? "must have either email or phone" : "must have email and no phone")
                .exception();
    }
}
