// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an app says of itself each time it starts.
 *
 * <pre>{@code
 * NewPushDevice.of(caller.id(), new PushAddress(APNS, "com.example.shop", token)).zone(zone).session(sessionId)
 * }</pre>
 *
 * @param owner the account that is signed in there
 * @param session what the owner signs out by, which may be from elsewhere
 * @param zone whose night it is quiet in
 * @param locale the language to write to it in
 */
public record NewPushDevice(
        String owner,
        PushAddress address,
        @Nullable String session,
        @Nullable ZoneId zone,
        @Nullable Locale locale) {

    private static final int LONGEST = 255;

    public NewPushDevice {
        checkText("owner", owner);
        if (session != null) {
            checkText("session", session);
        }
        if (locale != null && locale.toLanguageTag().length() > LONGEST) {
            throw new IllegalArgumentException("locale must have a language tag of at most " + LONGEST
                    + " characters, had " + locale.toLanguageTag().length());
        }
    }

    public static NewPushDevice of(String owner, PushAddress address) {
        return new NewPushDevice(owner, address, null, null, null);
    }

    public NewPushDevice session(String id) {
        return new NewPushDevice(owner, address, id, zone, locale);
    }

    public NewPushDevice zone(ZoneId where) {
        return new NewPushDevice(owner, address, session, where, locale);
    }

    public NewPushDevice locale(Locale language) {
        return new NewPushDevice(owner, address, session, zone, language);
    }

    private static void checkText(String name, String text) {
        if (text.isBlank() || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    name + " must have 1 to " + LONGEST + " characters, had " + text.length());
        }
    }

    @Override
    public String toString() {
        return "NewPushDevice[" + address + "]";
    }
}
