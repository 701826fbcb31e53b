// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The end of a trail: how many entries there are, and the tag of the newest. Immutable but for its arrays, which nobody
 * writes to.
 *
 * @param number of the newest entry, 0 where there is none yet
 * @param tag of the newest entry
 * @param seal vouches for the two, under the trail's key
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString below look at the bytes
public record AuditHead(long number, byte[] tag, byte[] seal) {

    private static final byte[] NOTHING = {};

    /** The head of a trail without entries. */
    public static final AuditHead NONE = new AuditHead(0, NOTHING, NOTHING);

    @Override
    public boolean equals(Object other) {
        return other instanceof AuditHead that
                && number == that.number
                && Arrays.equals(tag, that.tag)
                && Arrays.equals(seal, that.seal);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(number) + Arrays.hashCode(tag);
    }

    /** Number and tag, for a log. */
    @Override
    public String toString() {
        return number + ":" + HexFormat.of().formatHex(tag);
    }
}
