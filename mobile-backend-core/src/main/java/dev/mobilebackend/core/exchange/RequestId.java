// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Makes the ids by which a request is found again in logs: 32 hexadecimal digits. */
public final class RequestId {

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private RequestId() {}

    public static String next(RandomGenerator random) {
        return hex(random.nextLong(), random.nextLong());
    }

    /** Both numbers in 32 digits. */
    static String hex(long high, long low) {
        byte[] digits = new byte[32];
        put(high, digits, 0);
        put(low, digits, 16);
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    private static void put(long bits, byte[] digits, int at) {
        for (int i = 0; i < 16; i++) {
            digits[at + i] = DIGITS[(int) (bits >>> (60 - 4 * i)) & 15];
        }
    }
}
