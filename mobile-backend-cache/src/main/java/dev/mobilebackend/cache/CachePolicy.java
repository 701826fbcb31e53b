// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How many things a cache keeps, and for how long.
 *
 * @param name of the cache
 * @param maximumSize entries kept at most, absent ones included
 * @param timeToLive the age at which a value is asked for again
 * @param jitter the largest part of a time to live that chance takes off, from 0 to below 1
 * @param absentFor how long the source's "there is none" is remembered; zero: not at all
 * @param staleOnError how long past its time to live a value is served while the source fails; zero: not at all
 * @param retryEvery how often a failing source is asked again for a key whose old value is served meanwhile
 */
record CachePolicy(
        String name,
        long maximumSize,
        Duration timeToLive,
        double jitter,
        Duration absentFor,
        Duration staleOnError,
        Duration retryEvery) {

    /** Keeps every sum of two durations far from overflow. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    CachePolicy {
        if (maximumSize < 1) {
            throw new IllegalArgumentException(
                    "maximumSize of cache " + name + " must be at least 1, was " + maximumSize);
        }
        if (!(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException(
                    "jitter of cache " + name + " must be a part from 0 to below 1, was " + jitter);
        }
        checkPositive("timeToLive", name, timeToLive);
        checkPositive("retryEvery", name, retryEvery);
        if (!absentFor.isZero()) {
            checkPositive("absentFor", name, absentFor);
        }
        if (!staleOnError.isZero()) {
            checkPositive("staleOnError", name, staleOnError);
        }
    }

    /** What the source answered when it was asked at {@code readAt}. */
    <V> Entry<V> loaded(Optional<V> value, long readAt, RandomGenerator random) {
        if (value.isEmpty()) {
            // No stand-in for it: while the source fails, "there is none" is the one answer nobody can be sure of.
            long lasts = jittered(absentFor, random);
            return new Entry<>(value, readAt, lasts, lasts, false);
        }
        return present(value, readAt, timeToLive, random);
    }

    /** A value that the application puts in itself. */
    <V> Entry<V> put(V value, long now, Duration itsTimeToLive, RandomGenerator random) {
        checkPositive("timeToLive", name, itsTimeToLive);
        return present(Optional.of(value), now, itsTimeToLive, random);
    }

    private <V> Entry<V> present(Optional<V> value, long readAt, Duration itsTimeToLive, RandomGenerator random) {
        long lasts = jittered(itsTimeToLive, random);
        return new Entry<>(value, readAt, lasts, lasts + staleOnError.toMillis(), false);
    }

    /** Jitter only shortens: what is called a time to live is never exceeded. */
    private long jittered(Duration time, RandomGenerator random) {
        long millis = time.toMillis();
        return millis - (long) (millis * jitter * random.nextDouble());
    }

    private static void checkPositive(String what, String name, Duration time) {
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    what + " of cache " + name + " must be from 1 ms to 100 years, was " + time);
        }
    }
}
