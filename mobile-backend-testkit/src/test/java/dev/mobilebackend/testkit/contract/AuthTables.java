// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A database with the tables of the auth module, for all tests of the class that registers it. */
final class AuthTables implements BeforeAllCallback, AfterAllCallback {

    private final Dialect dialect;
    private TestDatabase opened;

    AuthTables(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        opened = TestDatabase.of(dialect);
        Schema.install(opened.database(), AuthSchema.TABLES);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        opened.close();
    }

    Database database() {
        return opened.database();
    }
}
