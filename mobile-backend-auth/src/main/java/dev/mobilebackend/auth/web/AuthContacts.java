// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import org.jspecify.annotations.Nullable;

/** Answer to a changed address or phone: where the account's owner is reached now. */
record AuthContacts(@Nullable String email, @Nullable String phone) {

    static AuthContacts of(Account account) {
        return new AuthContacts(
                account.email() == null ? null : account.email().text(),
                account.phone() == null ? null : account.phone().text());
    }
}
