// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.Set;

/**
 * Who is calling, as the access token says.
 *
 * @param accountId the account the token was issued to
 * @param sessionId the signed-in device; revoking it ends this caller's access
 * @param roles what the account may act as, such as {@code admin}
 * @param scopes what this token may be used for, such as {@code orders:read}; a part of what the account may do
 */
public record Caller(String accountId, String sessionId, Set<String> roles, Set<String> scopes) {

    public Caller {
        roles = Set.copyOf(roles);
        scopes = Set.copyOf(scopes);
    }

    /** A caller whose token names no scope. */
    public Caller(String accountId, String sessionId, Set<String> roles) {
        this(accountId, sessionId, roles, Set.of());
    }
}
