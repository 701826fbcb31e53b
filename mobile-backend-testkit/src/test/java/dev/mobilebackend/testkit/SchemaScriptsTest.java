// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every script of every module, as text. */
class SchemaScriptsTest {

    private static final List<SchemaPart> PARTS = List.of(Schema.CORE, AuthSchema.TABLES, JdbiJobStore.SCHEMA);

    /** What statements of the version before may still need. */
    private static final Pattern TAKEN_AWAY = Pattern.compile(
            "(?i)\\bDROP\\s+(TABLE|COLUMN|INDEX|DEFAULT)\\b|\\bSET\\s+(NOT\\s+NULL|DATA\\s+TYPE)\\b|\\bRENAME\\b"
                    + "|\\bDELETE\\s+FROM\\b|\\bTRUNCATE\\b|\\bADD\\s+COLUMN\\b(?=[^;,]*\\bNOT\\s+NULL\\b)(?![^;]*\\bDEFAULT\\b)");

    /** Older than the rule. V214 and V224 give back what four of them take; docs/upkeep.md has the other two. */
    private static final Set<String> BEFORE_THE_RULE = Set.of(
            "V202__auth_keys_sealed_in_place.sql",
            "V211__auth_session_authentication.sql",
            "V213__auth_revocation_stamps.sql",
            "V221__auth_codes.sql",
            "V222__auth_credentials_version.sql",
            "V223__auth_code_sends_by_the_hour.sql");

    @ParameterizedTest
    @ValueSource(strings = {"postgresql", "h2"})
    void noScriptTakesAwayWhatTheVersionBeforeMayNeed(String dialect) throws IOException {
        var takers = new ArrayList<String>();
        for (SchemaPart part : PARTS) {
            for (String script : part.scripts()) {
                Matcher taken = TAKEN_AWAY.matcher(statements(part, dialect, script));
                if (!BEFORE_THE_RULE.contains(script) && taken.find()) {
                    takers.add(script + ": " + taken.group());
                }
            }
        }

        assertEquals(List.of(), takers);
    }

    private static String statements(SchemaPart part, String dialect, String script) throws IOException {
        String path = "mobile-backend/schema/" + dialect + "/" + script;
        try (InputStream in = part.loader().getResourceAsStream(path)) {
            assertNotNull(in, path);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--.*", "");
        }
    }
}
