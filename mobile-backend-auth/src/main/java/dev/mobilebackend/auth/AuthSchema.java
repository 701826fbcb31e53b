// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth;

import dev.mobilebackend.core.data.SchemaPart;
import java.util.List;

/** The tables of this module, for {@code Schema.install(database, Schema.CORE, AuthSchema.TABLES)}. */
public final class AuthSchema {

    public static final SchemaPart TABLES = new SchemaPart(
            "auth",
            AuthSchema.class.getClassLoader(),
            List.of(
                    "V201__auth_keys.sql",
                    "V202__auth_keys_sealed_in_place.sql",
                    "V210__auth_sessions.sql",
                    "V211__auth_session_authentication.sql",
                    "V212__auth_session_place_and_key.sql",
                    "V213__auth_revocation_stamps.sql",
                    "V214__auth_sessions_beside_the_version_before.sql",
                    "V215__auth_sessions_revoked_for_the_version_before.sql",
                    "V220__auth_accounts.sql",
                    "V221__auth_codes.sql",
                    "V222__auth_credentials_version.sql",
                    "V223__auth_code_sends_by_the_hour.sql",
                    "V224__auth_accounts_beside_the_version_before.sql",
                    "V225__auth_abandoned_guests.sql",
                    "V226__auth_code_sends_beside_the_version_before.sql",
                    "V230__auth_audit.sql",
                    "V234__auth_audit_types.sql",
                    "V240__auth_attempts.sql",
                    "V241__auth_devices.sql"));

    private AuthSchema() {}
}
