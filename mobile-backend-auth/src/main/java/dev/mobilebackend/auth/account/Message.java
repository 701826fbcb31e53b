// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import org.jspecify.annotations.Nullable;

/**
 * A message as it is sent: made at the last moment, never stored or logged.
 *
 * @param subject an English subject line; an application that speaks to its users otherwise goes by the kind
 * @param to the address or the phone
 * @param code the code, or a link's token, where there is one
 */
public record Message(
        Notice.Kind kind,
        String to,
        String subject,
        @Nullable String code) {

    /** What has to carry it. */
    public Contact.Channel channel() {
        return Contact.Channel.of(to);
    }

    @Override
    public String toString() {
        return "Message[" + kind + ", hidden]";
    }
}
