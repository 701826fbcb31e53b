// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.outbox.jdbi.Outbox;
import dev.mobilebackend.jobs.push.jdbi.JdbiPushDevices;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.Test;

class SchemaOnMariaDbTest extends SchemaContract {

    @Override
    protected TestDatabase database() {
        return MariaDbServer.database();
    }

    @Test
    @Override
    void installsTheTablesOfCore() {
        try (TestDatabase test = database()) {
            for (SchemaPart part : new SchemaPart[] {Schema.CORE, AuthSchema.TABLES}) {
                var refused = assertThrows(IllegalStateException.class, () -> Schema.install(test.database(), part));

                assertTrue(
                        refused.getMessage().contains("on MariaDB and MySQL work background jobs"), refused::toString);
            }
        }
    }

    @Test
    void everyScriptCanRunAgainFromItsStart() {
        SchemaPart[] parts = {JdbiJobStore.SCHEMA, Outbox.SCHEMA, JdbiPushDevices.SCHEMA};
        try (TestDatabase killed = database()) {
            Schema.install(killed.database(), parts);
            killed.database().useTransaction(handle -> handle.execute("DELETE FROM mb_schema"));

            assertDoesNotThrow(() -> Schema.install(killed.database(), parts));
        }
    }
}
