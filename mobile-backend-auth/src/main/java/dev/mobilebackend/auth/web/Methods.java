// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Contact;
import java.util.Set;

/** How somebody has shown who they are, in the words of RFC 8176 section 2. */
final class Methods {

    /** Nothing was shown. */
    static final Set<String> NONE = Set.of();

    static final Set<String> PASSWORD = Set.of("pwd");

    private Methods() {}

    /** A code, or a link, that was sent. */
    static Set<String> codeBy(Contact.Channel channel) {
        return switch (channel) {
            case MAIL -> Set.of("otp");
            case SMS -> Set.of("sms");
        };
    }
}
