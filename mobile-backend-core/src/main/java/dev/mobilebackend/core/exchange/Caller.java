// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as the access token says.
 *
 * @param accountId the account the token was issued to
 * @param sessionId the signed-in device; revoking it ends this caller's access
 * @param roles what the account may act as, such as {@code admin}
 * @param scopes what this token may be used for, such as {@code orders:read}; a part of what the account may do
 * @param authentication when and how the person at the device last showed who they are
 * @param actorId the account of whoever acts in the place of this one (RFC 8693 section 4.1), staff for example;
 *     usually nobody
 */
public record Caller(
        String accountId,
        String sessionId,
        Set<String> roles,
        Set<String> scopes,
        Authentication authentication,
        @Nullable String actorId) {

    public Caller {
        requireNonNull(
                accountId,
                "accountId must not be null: a caller without an account is not signed in, so do not call authenticated(...)");
        requireNonNull(sessionId, "sessionId must not be null");
        requireNonNull(roles, "roles must not be null: without any it is Set.of()");
        requireNonNull(scopes, "scopes must not be null: without any it is Set.of()");
        requireNonNull(
                authentication, "authentication must not be null: Authentication.UNKNOWN says that nothing is known");
        roles = Set.copyOf(roles);
        scopes = Set.copyOf(scopes);
    }

    /** A caller of whose authentication nothing is known. */
    public Caller(String accountId, String sessionId, Set<String> roles, Set<String> scopes) {
        this(accountId, sessionId, roles, scopes, Authentication.UNKNOWN, null);
    }

    /** A caller whose token names no scope. */
    public Caller(String accountId, String sessionId, Set<String> roles) {
        this(accountId, sessionId, roles, Set.of());
    }
}
