// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account.jdbi;

import dev.mobilebackend.auth.account.Notice;
import org.jdbi.v3.core.Handle;

/**
 * Takes over a message that is owed, inside the transaction that makes it due. An application enqueues a job here,
 * which turns the notice into a message and sends it.
 *
 * <pre>{@code
 * Outbox outbox = (handle, notice) -> jobs.enqueue(handle, new SendMail(notice));
 * }</pre>
 */
@FunctionalInterface
public interface Outbox {

    /** Keeps the notice through this handle; what it throws undoes the step that made the message due. */
    void add(Handle handle, Notice notice);
}
