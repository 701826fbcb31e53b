// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session.jdbi;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Tells an account's owner that a copied refresh token was used, inside the transaction that ends the session. */
@FunctionalInterface
public interface ReplayAlarm {

    /** Makes it known through this handle; what it throws undoes the revocation as well. */
    void raise(Handle handle, String accountId, String sessionId, Instant at);
}
