// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import java.util.function.UnaryOperator;

/** Where tries are counted. */
public interface AttemptStore {

    /**
     * Changes the tries under a key in one atomic step, and returns what stood there before.
     *
     * @param key opaque, never an address
     * @param change a pure function; it gets {@link Tries#NONE} where nothing stands, and may run more than once
     */
    Tries update(String key, UnaryOperator<Tries> change);
}
