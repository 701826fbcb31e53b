// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

/** A call of another system, such as a payment provider. */
@FunctionalInterface
public interface ForeignCall<R extends Record, X extends Exception> {

    /**
     * Calls it.
     *
     * @param key the same each time that this call of this request is made, and no other's: hand it on as the other
     *     system's own idempotency key. 36 characters, in the form of a UUID
     */
    R send(String key) throws X;
}
