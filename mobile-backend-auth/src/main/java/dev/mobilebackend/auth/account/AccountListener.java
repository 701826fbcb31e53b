// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/**
 * What an application does when an account ends. It runs on the thread and in the transaction of the step: what it does
 * through the same {@code Database} is there together with the step, or not at all, and what it throws undoes the step.
 */
@FunctionalInterface
public interface AccountListener {

    /** Nothing of the application's hangs on accounts. */
    AccountListener NONE = account -> {};

    /** Deletes or makes anonymous what the application keeps of this account, which will be gone. */
    void deleting(Account account);
}
