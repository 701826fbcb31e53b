// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who has shown that the address is theirs; before that there is only a {@link SignUp}.
 *
 * @param id 128 random bits in base64url
 * @param roles what the account may act as, such as {@code admin}
 * @param displayName what its owner wants to be called
 * @param version goes up by one with every change, from 1
 */
public record Account(
        String id,
        EmailAddress email,
        Set<String> roles,
        @Nullable String displayName,
        Instant createdAt,
        int version) {

    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9_.:-]{0,49}");

    public Account {
        roles = Set.copyOf(roles);
        roles.forEach(Account::requireRole);
    }

    static void requireRole(String role) {
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException(
                    "role must be a word of up to 50 lower-case letters, digits and _.:- such as admin, was '" + role
                            + "'");
        }
    }
}
