// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

/** Where limits are counted: one time a key. Thread safe. */
public interface RateLimitStore {

    /**
     * Takes one permit of a key if there is one, in one atomic step, by the generic cell rate algorithm (ITU-T I.371
     * annex A). The state of a key is its theoretical arrival time: when all its permits will be back.
     *
     * @param now microseconds since the epoch
     * @param interval microseconds after which one permit is back
     * @param window microseconds after which all permits are back
     * @return microseconds until all permits are back if one was taken, otherwise minus the microseconds to wait
     */
    long take(String key, long now, long interval, long window);
}
