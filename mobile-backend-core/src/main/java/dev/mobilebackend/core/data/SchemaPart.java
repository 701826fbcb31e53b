// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The tables of one module, as numbered SQL scripts. They lie on the class path under
 * {@code mobile-backend/schema/<dialect>/} with Flyway's names, so a team that runs Flyway can point it there instead
 * of calling {@link Schema#install}.
 *
 * @param module the module's name, such as {@code auth}
 * @param loader what finds its scripts
 * @param scripts file names in order, such as {@code V201__auth_accounts.sql}; a landed script never changes
 */
public record SchemaPart(String module, ClassLoader loader, List<String> scripts) {

    public SchemaPart {
        requireNonNull(module, "module must not be null");
        requireNonNull(loader, "loader must not be null");
        requireNonNull(scripts, "scripts must not be null");
        scripts = List.copyOf(scripts);
        for (String script : scripts) {
            if (!script.matches("V\\d+__[a-z0-9_]+\\.sql")) {
                throw new IllegalArgumentException("script must be named like V201__auth_accounts.sql, was " + script);
            }
        }
    }
}
