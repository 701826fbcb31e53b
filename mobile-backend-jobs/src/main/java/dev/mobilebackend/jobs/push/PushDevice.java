// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An app on a device that its account can be reached at.
 *
 * @param id stays as long as the device does, also where it goes to another owner
 * @param seenAt when the app last registered it
 */
public record PushDevice(
        long id,
        String owner,
        PushAddress address,
        @Nullable ZoneId zone,
        @Nullable Locale locale,
        Instant seenAt) {

    @Override
    public String toString() {
        return "PushDevice[" + id + ", " + address + "]";
    }
}
