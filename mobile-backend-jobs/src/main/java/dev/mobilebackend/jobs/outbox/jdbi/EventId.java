// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox.jdbi;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes the ids of events: UUIDs of version 7 (RFC 9562 section 5.7), which sort by the millisecond. */
final class EventId {

    private static final long VERSION_7 = 0x7000;
    private static final long VARIANT = 1L << 63;

    private EventId() {}

    static String next(Instant now, RandomGenerator random) {
        long high = (now.toEpochMilli() << 16) | VERSION_7 | (random.nextLong() & 0xfff);
        long low = (random.nextLong() & ~(3L << 62)) | VARIANT;
        return new UUID(high, low).toString();
    }
}
