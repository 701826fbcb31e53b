// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import java.util.Optional;

/**
 * What a cache knows of one key. Ages are compared and not dates, so a clock that is set back makes an entry too young
 * to be true and ends it, where a date would keep it for as long as the clock was moved.
 *
 * @param value as the source gave it, kept in its Optional so that a hit allocates nothing
 * @param readAt when the source was asked, in milliseconds of the epoch
 * @param answersFor the age in milliseconds from which it answers no more and the source is asked again
 * @param usableFor the age from which it is worth nothing, not even while the source fails
 * @param stale whether it is past its time to live and answers only because the source failed
 */
record Entry<V>(Optional<V> value, long readAt, long answersFor, long usableFor, boolean stale) {

    boolean answersAt(long now) {
        return isYoungerThan(answersFor, now);
    }

    boolean usableAt(long now) {
        return isYoungerThan(usableFor, now);
    }

    /** This entry answering again, for {@code pause} milliseconds at most, because the source has just failed. */
    Entry<V> standingInAt(long now, long pause) {
        return new Entry<>(value, readAt, Math.min(now - readAt + pause, usableFor), usableFor, true);
    }

    private boolean isYoungerThan(long age, long now) {
        return now >= readAt && now - readAt < age;
    }
}
