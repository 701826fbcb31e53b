// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.util.Locale;
import java.util.regex.Pattern;

/** Who brings messages to a device; stored by name. */
public enum Platform {
    /** Apple's push notification service. */
    APNS("(?:[0-9a-f]{2}){16,100}", "32 to 200 hexadecimal digits"),
    /** Firebase Cloud Messaging. */
    FCM("[\\x21-\\x7e]{16,4096}", "16 to 4096 visible characters");

    private final Pattern token;
    private final String said;

    Platform(String token, String said) {
        this.token = Pattern.compile(token);
        this.said = said;
    }

    /** The token as it is stored: in one spelling, so that no device is there twice, and fit to stand in a path. */
    String checked(String text) {
        String spelled = this == APNS ? text.toLowerCase(Locale.ROOT) : text;
        if (!token.matcher(spelled).matches()) {
            throw new IllegalArgumentException(
                    "a token of " + this + " must be " + said + ", had " + text.length() + " characters");
        }
        return spelled;
    }
}
