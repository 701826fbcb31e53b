// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IsoTimeTest {

    private final IsoTime times = new IsoTime();

    @Test
    void writesEveryTimeToTheMillisecond() {
        assertEquals("1970-01-01T00:00:00.007Z", times.format(Instant.ofEpochMilli(7)));
        assertEquals("2026-11-23T12:00:00.000Z", times.format(Instant.parse("2026-11-23T12:00:00Z")));
        assertEquals("2026-11-23T12:00:00.099Z", times.format(Instant.parse("2026-11-23T12:00:00.099999Z")));
        assertEquals("2026-11-23T12:00:00.100Z", times.format(Instant.parse("2026-11-23T12:00:00.1Z")));
        assertEquals("2026-11-23T11:59:59.999Z", times.format(Instant.parse("2026-11-23T11:59:59.999Z")));
    }

    @Property
    void writesWhatReadsBackAsTheSame(@ForAll long millis) {
        Instant time = Instant.ofEpochMilli(millis % 253_402_300_799_999L);

        assertEquals(time, Instant.parse(times.format(time)));
    }
}
