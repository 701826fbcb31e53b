// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** Claims by inserting: that waits by itself for a transaction which has inserted the key. */
final class H2Claiming implements Claiming {

    private final SqlTime time;
    private final String insert;

    H2Claiming(SqlTime time) {
        this.time = time;
        this.insert = "INSERT INTO mb_idempotency (scope, fingerprint, created_at, expires_at) VALUES (:scope,"
                + " :fingerprint, " + time.now() + ", " + time.later() + ")";
    }

    @Override
    public boolean claim(Handle handle, IdempotentRequest request) {
        return Dialect.H2.withLockWait(handle, request.policy().lockWait(), () -> insert(handle, request));
    }

    /** A failed statement leaves the transaction usable in H2, so the error is the answer. */
    private boolean insert(Handle handle, IdempotentRequest request) {
        try {
            return time.bind(handle.createUpdate(insert))
                            .bind("scope", request.scope())
                            .bind("fingerprint", request.fingerprint())
                            .bind("micros", SqlTime.micros(request.policy().retention()))
                            .execute()
                    == 1;
        } catch (JdbiException e) {
            if (Dialect.isUniqueViolation(e)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void awaitOther(Handle handle, IdempotentRequest request) {
        // claim has waited
    }
}
