// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

/**
 * Where limits are counted: one time a key, by the generic cell rate algorithm (ITU-T I.371 annex A). The time is the
 * key's theoretical arrival time, which is when all its permits will be back; a key without one has all of them. Each
 * permit that is taken moves it on by the time after which one permit is back, and nothing is taken that would move it
 * further than one window from now. Thread safe.
 */
public interface RateLimitStore {

    /**
     * Sixteen secret bytes that keys are hashed with, so that nobody can choose subjects that share a key. All
     * processes that share a store have the same.
     */
    byte[] hashKey();

    /**
     * Takes the cost of every band, or of none where one of them has too little, and sets what came of each. One call
     * for all bands of a request: a store on another machine asks it once.
     *
     * <p>A time further than two windows from now can only come from a clock or a policy that has changed since, and is
     * pulled back to there: nobody waits longer, whatever happens to the clock.
     *
     * @param now microseconds since the epoch
     * @return whether the costs were taken
     */
    boolean take(Bands bands, long now);

    /**
     * The same for one band alone, without the memory that several need where the store is in this process.
     *
     * @return its {@link Bands#outcome outcome}
     */
    default long take(long key, long cost, long window, long now) {
        var one = new Bands(1);
        one.add(key, cost, window);
        take(one, now);
        return one.outcome(0);
    }

    /**
     * Charges costs without asking, or gives back those below zero. A charge may take a key into debt, by one window at
     * most; what is given back is forgotten where the key has all its permits already.
     *
     * @param now microseconds since the epoch
     */
    void settle(Bands bands, long now);
}
