// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.idempotency.IdempotentRequest;
import org.jdbi.v3.core.Handle;

/** How a dialect lets exactly one transaction insert the row of a request, and lets others wait for it. */
interface Claiming {

    /** Inserts the row unless it is there, or another transaction is about to insert it. */
    boolean claim(Handle handle, IdempotentRequest request);

    /** Waits, no longer than the policy says, until a transaction that is about to insert the row has ended. */
    void awaitOther(Handle handle, IdempotentRequest request);
}
