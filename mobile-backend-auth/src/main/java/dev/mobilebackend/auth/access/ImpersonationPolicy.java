// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.access;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.route.Access;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * How staff may act in the place of accounts that have no role, with a token that names them as its actor (RFC 8693
 * section 4.1).
 *
 * <pre>{@code
 * ImpersonationPolicy.by(Access.role("support")).scopes("orders:read")
 * }</pre>
 *
 * @param who who may, such as {@code Access.role("support")}; a condition that everybody meets stops the start
 * @param stepUp how they must have shown before who they are
 * @param lifetime at most this long; such a token is never refreshed, and ends with the session of the staff
 * @param scopes what it may be used for; none unless said otherwise
 */
public record ImpersonationPolicy(Access who, StepUp stepUp, Duration lifetime, Set<String> scopes) {

    public ImpersonationPolicy {
        requireNonNull(who, "who must not be null: such as Access.role(\"support\")");
        requireNonNull(stepUp, "stepUp must not be null: ImpersonationPolicy.by(who) has five minutes");
        requireNonNull(lifetime, "lifetime must not be null: ImpersonationPolicy.by(who) has ten minutes");
        requireNonNull(scopes, "scopes must not be null: Set.of() has none");
        scopes.forEach(scope -> requireNonNull(scope, "a scope must not be null: leave it out"));
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("lifetime must be at least a second, was " + lifetime);
        }
        scopes = Set.copyOf(scopes);
        scopes.forEach(Access::scope);
    }

    /** After a proof of the last five minutes, for ten minutes, and without any scope. */
    public static ImpersonationPolicy by(Access who) {
        return new ImpersonationPolicy(who, StepUp.within(Duration.ofMinutes(5)), Duration.ofMinutes(10), Set.of());
    }

    public ImpersonationPolicy after(StepUp shown) {
        return new ImpersonationPolicy(who, shown, lifetime, scopes);
    }

    public ImpersonationPolicy lasting(Duration time) {
        return new ImpersonationPolicy(who, stepUp, time, scopes);
    }

    public ImpersonationPolicy scopes(String... words) {
        requireNonNull(words, "scopes must not be null: without any the token has no scope");
        return new ImpersonationPolicy(who, stepUp, lifetime, new HashSet<>(Arrays.asList(words)));
    }
}
