// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One event in its place in the trail. Immutable but for its arrays, which nobody writes to.
 *
 * @param number its place, from 1
 * @param event what happened; without details once these have been erased
 * @param salt what the details were blinded with, so that erased ones cannot be guessed; null once they are erased
 * @param blinded what the tag covers in place of the details
 * @param tag covers all of it and the tag before
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString below look at the bytes
public record AuditEntry(long number, AuditEvent event, byte @Nullable [] salt, byte[] blinded, byte[] tag) {

    public boolean isErased() {
        return salt == null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AuditEntry that
                && number == that.number
                && event.equals(that.event)
                && Arrays.equals(salt, that.salt)
                && Arrays.equals(blinded, that.blinded)
                && Arrays.equals(tag, that.tag);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(number) + Arrays.hashCode(tag);
    }

    @Override
    public String toString() {
        return "AuditEntry[" + number + ", " + event + "]";
    }
}
