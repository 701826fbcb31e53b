// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where tries are counted. What is counted stays, whatever becomes of a transaction around it. Instants come with
 * microseconds at most. {@code AttemptStoreContract} in testkit says what an implementation must do.
 */
public interface AttemptStore {

    /**
     * Changes the tries under several keys in one atomic step, and returns what stood there before.
     *
     * @param keys opaque, never an address; each once
     * @param change a pure function from what stands under the keys to what shall, in their order; it gets
     *     {@link Tries#NONE} where nothing stands, and may run more than once
     */
    List<Tries> update(List<String> keys, UnaryOperator<List<Tries>> change);

    /** Forgets some of the keys whose tries were all regained before this time; says how many. */
    int purge(Instant before, int atMost);
}
