// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** Where no trail has begun. No key has sealed it, so that nobody can make a trail out to be a new one. */
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

    /**
     * Reads what {@link #toString} wrote, without the seal.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static AuditHead parse(String text) {
        requireNonNull(text, "text must not be null: such as what toString() of a head wrote");
        int colon = Math.max(0, text.indexOf(':'));
        try {
            return new AuditHead(
                    Long.parseLong(text.substring(0, colon)),
                    HexFormat.of().parseHex(text.substring(colon + 1)),
                    NOTHING);
        } catch (IllegalArgumentException other) {
            throw new IllegalArgumentException(
                    "head must be a number, a colon and a tag in hexadecimal digits, was '" + text + "'", other);
        }
    }

    /** {@link #parse} of what may be something else, or nothing. */
    static Optional<AuditHead> tryParse(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(AuditHead::parse);
        } catch (IllegalArgumentException other) {
            return Optional.empty();
        }
    }

    /** Number and tag, for a log or whatever else is out of reach of who writes to the database. */
    @Override
    public String toString() {
        return number + ":" + HexFormat.of().formatHex(tag);
    }
}
