// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.access;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.session.Session;
import java.util.Set;

/**
 * What each new access token may be used for, beside what the roles of its account allow. Asked at every sign-in,
 * refresh and step-up, so that a change holds for a device from its next token on.
 *
 * <pre>{@code
 * Scopes scopes = (account, session) ->
 *         session.keyThumbprint() == null ? Set.of("orders:read") : Set.of("orders:read", "payouts:write");
 * }</pre>
 */
@FunctionalInterface
public interface Scopes {

    /** No token has a scope. */
    Scopes NONE = (account, session) -> Set.of();

    /** Words that routes ask for by {@code scope(...)}. */
    Set<String> of(Account account, Session session);
}
