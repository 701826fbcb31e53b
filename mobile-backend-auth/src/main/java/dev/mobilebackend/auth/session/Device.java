// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import org.jspecify.annotations.Nullable;

/**
 * What an app says of the phone it runs on: shown to the account's owner, never relied on. Each claim is cut to
 * {@value #LONGEST} characters, and control characters in it become spaces.
 *
 * @param id the app installation
 * @param name the phone as its owner calls it
 * @param appVersion the app's version
 */
public record Device(
        @Nullable String id,
        @Nullable String name,
        @Nullable String appVersion) {

    private static final int LONGEST = 100;

    /** A client that says nothing of itself. */
    public static final Device UNKNOWN = new Device(null, null, null);

    public Device {
        id = tidy(id);
        name = tidy(name);
        appVersion = tidy(appVersion);
    }

    private static @Nullable String tidy(@Nullable String claim) {
        if (claim == null) {
            return null;
        }
        String text = claim.replaceAll("\\p{Cntrl}", " ").strip();
        if (text.length() > LONGEST) {
            int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
            text = text.substring(0, end);
        }
        return text.isEmpty() ? null : text;
    }
}
