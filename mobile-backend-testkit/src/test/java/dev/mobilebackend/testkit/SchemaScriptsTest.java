// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.outbox.jdbi.Outbox;
import dev.mobilebackend.jobs.push.jdbi.JdbiPushDevices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every script of every module, as text. */
class SchemaScriptsTest {

    private static final List<SchemaPart> OF_JOBS = List.of(JdbiJobStore.SCHEMA, JdbiPushDevices.SCHEMA, Outbox.SCHEMA);

    /** What statements of the version before may still need. */
    private static final Pattern TAKEN_AWAY = Pattern.compile(
            "(?i)\\bDROP\\s+(TABLE|COLUMN|INDEX|DEFAULT)\\b|\\bSET\\s+(NOT\\s+NULL|DATA\\s+TYPE)\\b|\\bRENAME\\b"
                    + "|\\bALTER\\s+(COLUMN\\s+)?\\w+\\s+TYPE\\b|\\bADD\\s+CONSTRAINT\\b"
                    + "|\\bDELETE\\s+FROM\\b|\\bTRUNCATE\\b|\\bADD\\s+COLUMN\\b(?=[^;,]*\\bNOT\\s+NULL\\b)(?![^;]*\\bDEFAULT\\b)");

    /** Older than the rule. V214, V215, V224 and V226 give back what four of them take; docs/upkeep.md has the other two. */
    private static final Set<String> BEFORE_THE_RULE = Set.of(
            "V202__auth_keys_sealed_in_place.sql",
            "V211__auth_session_authentication.sql",
            "V213__auth_revocation_stamps.sql",
            "V221__auth_codes.sql",
            "V222__auth_credentials_version.sql",
            "V223__auth_code_sends_by_the_hour.sql");

    private static final Pattern MADE = Pattern.compile("(?i)\\bCREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(\\w+)");

    private static final String INDEX_ON =
            "INDEX\\s+(?:CONCURRENTLY\\s+)?(?:IF\\s+NOT\\s+EXISTS\\s+)?\\w+\\s+ON\\s+(\\w+)";

    /** What statements of the version before may break, once the table has rows of theirs. */
    private static final Pattern UNIQUE = Pattern.compile("(?i)\\bCREATE\\s+UNIQUE\\s+" + INDEX_ON);

    /** What waits for requests on the table, or keeps them waiting. */
    private static final Pattern LOCKED = Pattern.compile(
            "(?i)\\b(?:ALTER\\s+TABLE\\s+(?:IF\\s+EXISTS\\s+)?(\\w+)|UPDATE\\s+(\\w+)|" + INDEX_ON + ")");

    @ParameterizedTest
    @ValueSource(strings = {"postgresql", "h2", "mariadb"})
    void noScriptTakesAwayWhatTheVersionBeforeMayNeed(String dialect) throws IOException {
        var takers = new ArrayList<String>();
        var before = new HashSet<String>();
        for (SchemaPart part : parts(dialect)) {
            for (String script : part.scripts()) {
                String statements = statements(part, dialect, script);
                if (!BEFORE_THE_RULE.contains(script)) {
                    takenAway(statements, before).forEach(taken -> takers.add(script + ": " + taken));
                }
                before.addAll(all(MADE, statements));
            }
        }

        assertEquals(List.of(), takers);
    }

    /** On PostgreSQL a script is one transaction: with two tables it could close a circle with a request that has both. */
    @ParameterizedTest
    @ValueSource(strings = {"postgresql", "h2", "mariadb"})
    void noScriptHoldsOneTableOfRequestsWhileItWaitsForAnother(String dialect) throws IOException {
        var holders = new ArrayList<String>();
        var before = new HashSet<String>();
        for (SchemaPart part : parts(dialect)) {
            for (String script : part.scripts()) {
                String statements = statements(part, dialect, script);
                Set<String> locked = all(LOCKED, statements);
                locked.retainAll(before);
                if (!BEFORE_THE_RULE.contains(script) && locked.size() > 1) {
                    holders.add(script + ": " + locked);
                }
                before.addAll(all(MADE, statements));
            }
        }

        assertEquals(List.of(), holders);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE old ALTER COLUMN text TYPE varchar(10)",
                "ALTER TABLE old ALTER text TYPE varchar(10)",
                "ALTER TABLE old ALTER COLUMN text SET DATA TYPE varchar(10)",
                "ALTER TABLE old ADD CONSTRAINT short CHECK (length(text) < 10)",
                "CREATE UNIQUE INDEX old_text ON old (text)",
                "create unique index if not exists old_text\n    on old (text)",
                "ALTER TABLE old ADD COLUMN number integer NOT NULL",
                "ALTER TABLE old DROP COLUMN text"
            })
    void aStatementThatTakesSomethingAwayIsSeen(String statement) {
        assertEquals(1, takenAway(statement, Set.of("old")).size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE UNIQUE INDEX young_text ON young (text)",
                "CREATE INDEX IF NOT EXISTS old_type ON old (type)",
                "ALTER TABLE old ADD COLUMN type varchar(10)",
                "ALTER TABLE old ALTER COLUMN text SET DEFAULT ''"
            })
    void othersAreNot(String statement) {
        assertEquals(List.of(), takenAway(statement, Set.of("old")));
    }

    /** The offending parts of a script that comes after others which have made these tables. */
    private static List<String> takenAway(String statements, Set<String> before) {
        var taken = new ArrayList<String>();
        TAKEN_AWAY.matcher(statements).results().map(MatchResult::group).forEach(taken::add);
        UNIQUE.matcher(statements)
                .results()
                .filter(index -> before.contains(index.group(1)))
                .map(MatchResult::group)
                .forEach(taken::add);
        return taken;
    }

    /** The tables that a pattern finds. */
    private static Set<String> all(Pattern pattern, String statements) {
        return pattern.matcher(statements)
                .results()
                .flatMap(found -> IntStream.rangeClosed(1, found.groupCount()).mapToObj(found::group))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** MariaDB has those of jobs. */
    private static List<SchemaPart> parts(String dialect) {
        var parts = new ArrayList<SchemaPart>();
        if (!dialect.equals("mariadb")) {
            parts.addAll(List.of(Schema.CORE, AuthSchema.TABLES));
        }
        parts.addAll(OF_JOBS);
        return parts;
    }

    private static String statements(SchemaPart part, String dialect, String script) throws IOException {
        String path = "mobile-backend/schema/" + dialect + "/" + script;
        try (InputStream in = part.loader().getResourceAsStream(path)) {
            assertNotNull(in, path);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--.*", "");
        }
    }
}
