// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import java.time.Instant;

/**
 * Times as text to the millisecond, {@code 2026-11-23T12:00:00.123Z}; the text of a second is made once. Thread safe.
 */
final class IsoTime {

    private record Second(long epoch, String text) {}

    private volatile Second last = new Second(0, "1970-01-01T00:00:00");

    String format(Instant time) {
        Second second = last;
        if (second.epoch != time.getEpochSecond()) {
            String text = Instant.ofEpochSecond(time.getEpochSecond()).toString();
            second = new Second(time.getEpochSecond(), text.substring(0, text.length() - 1));
            last = second;
        }
        int millis = time.getNano() / 1_000_000;
        return second.text + (millis < 10 ? ".00" : millis < 100 ? ".0" : ".") + millis + "Z";
    }
}
