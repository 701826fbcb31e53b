// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.secret.ServerSecret;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeyStoreTest {

    @Nested
    class InMemory extends KeyStoreContract {

        private final KeyStore store = new InMemoryKeyStore();

        @Override
        protected KeyStore store() {
            return store;
        }
    }

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(Dialect.POSTGRESQL);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(Dialect.H2);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase extends KeyStoreContract {

        @RegisterExtension
        final AuthTables database;

        OnDatabase(Dialect dialect) {
            database = new AuthTables(dialect);
        }

        @Override
        protected KeyStore store() {
            return store(ServerSecret.of(filled(1)));
        }

        @Test
        void theServerSecretIsChangedInThreeStepsAndNoKeyIsLost() {
            KeyStore old = store();
            String id = KeyRing.builder(old).build().current().id();

            KeyStore accepting = store(ServerSecret.of(filled(1), filled(2)));
            KeyStore changed = store(ServerSecret.of(filled(2), filled(1)));
            KeyRing.builder(accepting).build();
            assertEquals(id, old.all().get(0).id(), "what only accepts another secret changes nothing");
            KeyRing.builder(changed).build();

            assertEquals(id, accepting.all().get(0).id());
            assertEquals(id, store(ServerSecret.of(filled(2))).all().get(0).id());
            assertThrows(IllegalStateException.class, old::all);
            changed.remove(id);
        }

        private KeyStore store(ServerSecret secret) {
            return JdbiKeyStore.of(database.database(), secret);
        }

        private static byte[] filled(int value) {
            byte[] secret = new byte[32];
            Arrays.fill(secret, (byte) value);
            return secret;
        }
    }
}
