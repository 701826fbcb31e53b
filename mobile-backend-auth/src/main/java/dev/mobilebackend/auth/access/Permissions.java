// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.access;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What each role may do: role-based access control (ANSI INCITS 359, core RBAC). Routes name a permission and not the
 * roles that have it, so who may do what is said in one place. Immutable and thread safe.
 *
 * <pre>{@code
 * var permissions = Permissions.of(Map.of(
 *         "support", Set.of("orders:read"),
 *         "accounting", Set.of("orders:read", "orders:refund")));
 * routes.only(permissions.needs("orders:refund"), POST, "/v1/orders/{id}/refunds");
 * }</pre>
 */
public final class Permissions {

    private final Map<String, Set<String>> byRole;

    private Permissions(Map<String, Set<String>> byRole) {
        requireNonNull(byRole, "byRole must not be null: such as Map.of(\"support\", Set.of(\"orders:read\"))");
        var copy = new LinkedHashMap<String, Set<String>>();
        byRole.forEach((role, permissions) -> {
            requireNonNull(role, "a role of byRole must not be null: leave it out");
            requireNonNull(permissions, () -> "permissions of role " + role + " must not be null: Set.of() has none");
            permissions.forEach(permission -> requireNonNull(
                    permission, () -> "a permission of role " + role + " must not be null: leave it out"));
            copy.put(role, Set.copyOf(permissions));
        });
        this.byRole = Map.copyOf(copy);
    }

    /** Permissions by role. */
    public static Permissions of(Map<String, Set<String>> byRole) {
        return new Permissions(byRole);
    }

    /**
     * Somebody who has a role that has the permission; others get 403.
     *
     * @throws IllegalArgumentException if no role has it, since nobody could ever reach the route
     */
    public Access needs(String permission) {
        requireNonNull(permission, "permission must not be null: where any caller will do, say signedIn");
        if (byRole.values().stream().noneMatch(granted -> granted.contains(permission))) {
            throw new IllegalArgumentException("no role has the permission '" + permission + "', roles are "
                    + new TreeSet<>(byRole.keySet()) + ": give it to one of them");
        }
        return new Needs(this, permission);
    }

    /** Whether one of these roles has the permission. */
    public boolean areGranted(Set<String> roles, String permission) {
        for (String role : roles) {
            if (byRole.getOrDefault(role, Set.of()).contains(permission)) {
                return true;
            }
        }
        return false;
    }

    private record Needs(Permissions permissions, String name) implements Access {

        @Override
        public void check(Exchange exchange) {
            if (!permissions.areGranted(exchange.caller().roles(), name)) {
                throw Problem.FORBIDDEN
                        .detail("this needs the permission '" + name + "'")
                        .exception();
            }
        }

        @Override
        public boolean needsCaller() {
            return true;
        }

        @Override
        public String toString() {
            return "Permission[" + name + "]";
        }
    }
}
