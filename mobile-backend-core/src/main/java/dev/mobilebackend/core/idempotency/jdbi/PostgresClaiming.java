// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import java.nio.ByteBuffer;
import org.jdbi.v3.core.Handle;

/**
 * Claims under an advisory lock on the scope's first 64 bits, tried in the same statement: an insert of a key that
 * another transaction has inserted waits for its end however long that takes, and a bound on that wait would cost two
 * more statements. Who doesn't get the lock inserts nothing, and asks for a bounded wait then. The lock ends with the
 * transaction. docs/decisions/110-a-claim-is-one-statement.md has the figures.
 */
final class PostgresClaiming implements Claiming {

    private final SqlTime time;
    private final String insert;

    PostgresClaiming(SqlTime time) {
        this.time = time;
        this.insert = "INSERT INTO mb_idempotency (scope, fingerprint, created_at, expires_at) SELECT :scope,"
                + " :fingerprint, " + time.now() + ", " + time.later()
                + " WHERE pg_try_advisory_xact_lock(:lock) ON CONFLICT DO NOTHING";
    }

    @Override
    public boolean claim(Handle handle, IdempotentRequest request) {
        return time.bind(handle.createUpdate(insert))
                        .bind("scope", request.scope())
                        .bind("fingerprint", request.fingerprint())
                        .bind("micros", SqlTime.micros(request.policy().retention()))
                        .bind("lock", lock(request))
                        .execute()
                == 1;
    }

    @Override
    public void awaitOther(Handle handle, IdempotentRequest request) {
        Dialect.POSTGRESQL.withLockWait(
                handle,
                request.policy().lockWait(),
                () -> handle.execute("SELECT pg_advisory_xact_lock(?)", lock(request)));
    }

    private static long lock(IdempotentRequest request) {
        return ByteBuffer.wrap(request.scope()).getLong();
    }
}
