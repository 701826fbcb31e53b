// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.util.regex.Pattern;

/**
 * Where messages for one app on one device go.
 *
 * @param app which of the application's apps it is, by the name that its sender has, such as {@code com.example.shop}
 * @param token what the platform gave the app; not part of {@link #toString}
 */
public record PushAddress(Platform platform, String app, String token) {

    private static final Pattern APP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

    /**
     * The address in its one spelling.
     *
     * @throws IllegalArgumentException if the token is none of the platform's, for example one that a client made up
     */
    public PushAddress {
        checkApp(app);
        token = platform.checked(token);
    }

    static void checkApp(String app) {
        if (!APP.matcher(app).matches()) {
            throw new IllegalArgumentException(
                    "app must be up to 255 letters, digits, dots, hyphens and underscores, had " + app.length()
                            + " characters");
        }
    }

    @Override
    public String toString() {
        return "PushAddress[" + platform + ", " + app + ", hidden]";
    }
}
