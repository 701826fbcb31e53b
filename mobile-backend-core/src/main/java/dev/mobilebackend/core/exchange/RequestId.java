// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes the ids by which a request is found again in logs: random UUIDs (RFC 9562 section 5.4), which the JDK writes
 * into a text without a copy.
 */
public final class RequestId {

    private static final long VERSION_4 = 0x4000;
    private static final long VARIANT = 1L << 63;

    private RequestId() {}

    public static String next(RandomGenerator random) {
        long high = (random.nextLong() & ~0xf000L) | VERSION_4;
        long low = (random.nextLong() & ~(3L << 62)) | VARIANT;
        return new UUID(high, low).toString();
    }
}
