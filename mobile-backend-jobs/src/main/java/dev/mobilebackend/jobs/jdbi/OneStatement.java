// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/**
 * Work that is one statement and so its own transaction, which saves the round trip of a commit; where a pool's
 * connections come without auto-commit, or this thread is in a transaction, it is part of one all the same.
 */
final class OneStatement {

    private OneStatement() {}

    static <T, X extends Exception> T run(Database database, HandleCallback<T, X> work) throws X {
        return database.<T, X>withHandle(
                (Handle handle) -> handle.isInTransaction() ? database.inTransaction(work) : work.withHandle(handle));
    }
}
