// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

/** What a look at the whole trail has found. */
public sealed interface AuditVerification {

    /** Every entry is as it was recorded, and none is missing up to this head but those that are archived. */
    record Whole(AuditHead head) implements AuditVerification {}

    /**
     * The first entry that is not as it was recorded; what comes after it was not looked at.
     *
     * @param number the entry's place, or the place where it is missing
     * @param detail in a sentence
     */
    record Broken(long number, Fault fault, String detail) implements AuditVerification {}

    /** What was done to an entry. */
    enum Fault {
        /** It says something else than it did. */
        CHANGED,
        /** It is not there any more. */
        DELETED,
        /** Another entry stands in its place. */
        MOVED,
        /** It was not recorded by this trail. */
        ADDED,
        /** The mark of the trail's end was changed, or was never set. */
        HEAD_CHANGED,
        /**
         * A head that was kept elsewhere is of no entry of this trail: its end was cut off, or all of it is another.
         */
        CUT_OFF,
        /**
         * Whoever recorded here found the end of the trail damaged, and began anew; {@link AuditTrail#verifyFrom} looks
         * at what has come since.
         */
        BROKEN_OFF
    }
}
