// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/** An account and the hash of its password. */
public record Credentials(Account account, String passwordHash) {

    @Override
    public String toString() {
        return "Credentials[" + account.id() + ", hidden]";
    }
}
