// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a trail's entries are kept. {@code AuditStoreContract} in testkit says what an implementation must do. Thread
 * safe.
 */
public interface AuditStore {

    /** Runs a step in one transaction, in which the step's other stores over the same database take part. */
    <R> R inTransaction(Supplier<R> step);

    /**
     * The newest head, {@link AuditHead#NONE} where there is none; the next caller waits until this transaction has
     * ended.
     */
    AuditHead lockHead();

    /** The largest number of an entry, whatever the head says; 0 where there is none. */
    long last();

    /** Adds entries and moves the head, in the transaction that locked it. */
    void append(List<AuditEntry> entries, AuditHead head);

    /** The newest head, {@link AuditHead#NONE} where there is none, without a lock. */
    AuditHead head();

    /** Entries with a larger number than this, the first one first. */
    List<AuditEntry> after(long number, int limit);

    /** Entries with a smaller number than this, the last one first; of one account if one is named. */
    List<AuditEntry> newest(@Nullable String accountId, long before, int limit);

    /** All entries of a type of which there are few, the first one first; looks at no others. */
    List<AuditEntry> ofType(String type);

    /** Forgets the details of all entries that concern an account, and says how many had any. */
    int erase(String accountId);

    /** Removes the entries up to a number, which are kept elsewhere. */
    void remove(long through);
}
