// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Schema#install} must do on every database. */
public abstract class SchemaContract {

    private static final int INSTANCES = 8;
    private static final String FIRST = "V901__notes_first.sql";
    private static final String SECOND = "V902__notes_second.sql";
    private static final String MAKE_NOTES = "CREATE TABLE note (text varchar(40)); INSERT INTO note VALUES ('first');";
    private static final String ADD_A_NOTE = "INSERT INTO note VALUES ('second');";

    private @Nullable TestDatabase opened;

    protected SchemaContract() {}

    /** A new and empty database; the contract closes it. */
    protected abstract TestDatabase database();

    @BeforeEach
    void open() {
        opened = database();
    }

    @AfterEach
    void close() {
        opened().close();
    }

    @Test
    void runsEachScriptOnceThoughItIsInstalledAtEveryStart() {
        SchemaPart notes = part(Map.of(FIRST, MAKE_NOTES));

        Schema.install(data(), notes);
        Schema.install(data(), notes);

        assertEquals(List.of("first"), notes());
    }

    @Test
    void runsEachScriptOnceThoughManyInstancesStartAtOnce() {
        SchemaPart notes = part(Map.of(FIRST, MAKE_NOTES, SECOND, ADD_A_NOTE));
        var connected = new CyclicBarrier(INSTANCES);

        Race.of(INSTANCES, () -> {
            Database instance = Database.of(opened().dataSource());
            instance.useTransaction(handle -> Race.await(connected));
            Race.await(connected);
            Schema.install(instance, notes);
            return "started";
        });

        assertEquals(List.of("first", "second"), notes());
    }

    @Test
    void addsTheScriptsThatAreNewSinceTheLastStart() {
        Schema.install(data(), part(Map.of(FIRST, MAKE_NOTES)));

        Schema.install(data(), part(Map.of(FIRST, MAKE_NOTES, SECOND, ADD_A_NOTE)));

        assertEquals(List.of("first", "second"), notes());
    }

    @Test
    void refusesAScriptThatHasChangedSinceItRanAndChangesNothing() {
        Schema.install(data(), part(Map.of(FIRST, MAKE_NOTES)));
        SchemaPart changed = part(Map.of(FIRST, MAKE_NOTES + " -- touched", SECOND, ADD_A_NOTE));

        var refused = assertThrows(IllegalStateException.class, () -> Schema.install(data(), changed));

        assertTrue(refused.toString().contains(FIRST), refused.toString());
        assertEquals(List.of("first"), notes());
    }

    @Test
    void soItDoesWhereScriptsThatComeBeforeItAreNew() {
        Schema.install(data(), part(Map.of(SECOND, MAKE_NOTES)));
        SchemaPart changed = part(Map.of(FIRST, ADD_A_NOTE, SECOND, MAKE_NOTES + " -- touched"));

        var refused = assertThrows(IllegalStateException.class, () -> Schema.install(data(), changed));

        assertTrue(refused.toString().contains(SECOND), refused.toString());
        assertEquals(List.of("first"), notes());
    }

    @Test
    void whatRanBeforeAScriptThatFailsHasRun() {
        SchemaPart failing = part(Map.of(FIRST, MAKE_NOTES, SECOND, "INSERT INTO nowhere VALUES ('lost');"));
        assertThrows(JdbiException.class, () -> Schema.install(data(), failing));
        assertEquals(List.of("first"), notes());

        Schema.install(data(), part(Map.of(FIRST, MAKE_NOTES, SECOND, ADD_A_NOTE)));

        assertEquals(List.of("first", "second"), notes());
    }

    @Test
    void startsOverWhereTheFirstStartEndedInTheMiddleOfAScript() {
        String table = "CREATE TABLE IF NOT EXISTS note (text varchar(40));";
        assertThrows(
                JdbiException.class,
                () -> Schema.install(data(), part(Map.of(FIRST, table + " INSERT INTO nowhere VALUES ('lost');"))));

        Schema.install(data(), part(Map.of(FIRST, table + " INSERT INTO note VALUES ('first');")));

        assertEquals(List.of("first"), notes());
    }

    @Test
    void refusesAPartWhoseScriptIsMissingAndNamesIt() {
        SchemaPart incomplete = new SchemaPart("notes", new Scripts(Map.of()), List.of(FIRST));

        var refused = assertThrows(IllegalStateException.class, () -> Schema.install(data(), incomplete));

        assertTrue(refused.toString().contains(FIRST), refused.toString());
    }

    @Test
    void installsTheTablesOfCore() {
        Schema.install(data(), Schema.CORE);

        assertEquals(0, count("mb_idempotency"));
    }

    private TestDatabase opened() {
        if (opened == null) {
            throw new IllegalStateException("the database is opened before each test");
        }
        return opened;
    }

    private Database data() {
        return opened().database();
    }

    private List<String> notes() {
        return data().withHandle(handle -> handle.createQuery("SELECT text FROM note ORDER BY text")
                .mapTo(String.class)
                .list());
    }

    private int count(String table) {
        return data().<Integer, RuntimeException>withHandle(
                        handle -> handle.createQuery("SELECT count(*) FROM " + table)
                                .mapTo(Integer.class)
                                .one());
    }

    private static SchemaPart part(Map<String, String> scripts) {
        return new SchemaPart(
                "notes",
                new Scripts(scripts),
                scripts.keySet().stream().sorted().toList());
    }

    /** Scripts in memory, the same for each dialect. */
    private static final class Scripts extends ClassLoader {

        private final Map<String, String> scripts;

        Scripts(Map<String, String> scripts) {
            this.scripts = scripts;
        }

        @Override
        public @Nullable InputStream getResourceAsStream(String path) {
            String sql = scripts.get(path.substring(path.lastIndexOf('/') + 1));
            return sql == null ? null : new ByteArrayInputStream(sql.getBytes(StandardCharsets.UTF_8));
        }
    }
}
