// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/**
 * Hands over what a guest has in the application, such as a cart, to the account that they turned out to have. It runs
 * on the thread and in the transaction of the step, as an {@link AccountListener} does; the guest is gone after it.
 */
@FunctionalInterface
public interface GuestMerge {

    void merge(Account guest, Account into);
}
