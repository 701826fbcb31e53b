// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key.jdbi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.ECKey;
import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.key.TestKeys;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbiKeyStoreTest {

    private final TestClock clock = new TestClock();
    private final ServerSecret secret = secret(1);
    private final Database database = database();
    private final JdbiKeyStore store = JdbiKeyStore.of(database, secret);

    @BeforeEach
    void install() {
        Schema.install(database, AuthSchema.TABLES);
    }

    @Test
    void givesBackWhatItKeeps() {
        SigningKey key = key(1);

        assertTrue(store.tryAdd(key));

        SigningKey back = store.all().get(0);
        assertEquals(List.of(key.id(), key.privateJwk()), List.of(back.id(), back.privateJwk()));
        assertEquals(key.generation(), back.generation());
        assertEquals(key.activeFrom(), back.activeFrom());
    }

    @Test
    void keepsOneKeyAGeneration() {
        SigningKey first = key(1);
        assertTrue(store.tryAdd(first));

        assertFalse(store.tryAdd(key(1)));

        assertEquals(
                List.of(first.id()), store.all().stream().map(SigningKey::id).toList());
    }

    @Test
    void forgetsAKey() {
        SigningKey key = key(1);
        store.tryAdd(key);

        store.remove(key.id());
        store.remove(key.id());

        assertTrue(store.all().isEmpty());
    }

    @Test
    void instancesThatStartAtOnceAgreeOnTheFirstKey() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            var start = new CountDownLatch(1);
            Callable<String> instance = () -> {
                start.await();
                return ring().current().id();
            };
            var instances = new ArrayList<Future<String>>();
            for (int i = 0; i < 4; i++) {
                instances.add(threads.submit(instance));
            }
            start.countDown();

            var ids = new HashSet<String>();
            for (Future<String> id : instances) {
                ids.add(id.get());
            }
            assertEquals(1, ids.size());
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void instancesAgreeAfterARotationWithoutRestart() {
        KeyRing one = ring();
        KeyRing other = ring();
        String before = one.current().id();

        one.rotate();
        clock.advance(KeyPolicy.standard().publishAhead());

        String after = other.current().id();
        assertEquals(one.current().id(), after);
        assertFalse(after.equals(before));
        assertTrue(one.find(before, clock.instant()).isPresent());
        assertTrue(other.find(before, clock.instant()).isPresent());
    }

    @Test
    void theTableTellsNothingOfThePrivateKey() throws Exception {
        SigningKey key = key(1);
        store.tryAdd(key);

        byte[] row = sealed(key.id());

        ECKey jwk = ECKey.parse(key.privateJwk());
        String bytes = new String(row, StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains(jwk.getD().toString()));
        assertFalse(bytes.contains(new String(jwk.getD().decode(), StandardCharsets.ISO_8859_1)));
    }

    @Test
    void aRowOpensUnderItsOwnSecretOnly() {
        store.tryAdd(key(1));
        var stranger = store(secret(2));

        var refusal = assertThrows(IllegalStateException.class, stranger::all);

        assertTrue(refusal.getMessage().contains("server secret"), refusal.getMessage());
    }

    @Test
    void aRowOpensUnderItsOwnIdOnly() {
        SigningKey one = key(1);
        SigningKey other = key(2);
        store.tryAdd(one);
        store.tryAdd(other);

        replaceSealed(one.id(), sealed(other.id()));

        assertThrows(IllegalStateException.class, store::all);
        store.remove(one.id());
        assertEquals(other.id(), store.all().get(0).id());
        database.withHandle(handle -> handle.execute("UPDATE mb_auth_keys SET kid = ?", one.id()));
        assertThrows(IllegalStateException.class, store::all);
    }

    @Test
    void aRetiredKeyIsNotMadeToSignAgainByItsRow() {
        SigningKey key = key(1);
        for (String change : List.of("generation = 9", "active_from = TIMESTAMP '2026-03-02 00:00:00'")) {
            store.tryAdd(key);
            database.withHandle(handle -> handle.execute("UPDATE mb_auth_keys SET " + change));

            assertThrows(IllegalStateException.class, store::all);

            store.remove(key.id());
        }
    }

    @Test
    void aKeyOfEveryAlgorithmFitsIntoItsRow() {
        for (SigningAlgorithm each : SigningAlgorithm.values()) {
            SigningKey key = TestKeys.of(each);

            assertTrue(store.tryAdd(key));

            assertEquals(key.privateJwk(), store.all().get(0).privateJwk());
            store.remove(key.id());
        }
    }

    @Test
    void anAcceptedSecretStillOpensAndStartingSealsAnewUnderTheCurrentOne() {
        String id =
                KeyRing.builder(store(secret(1))).clock(clock).build().current().id();
        byte[] before = sealed(id);

        KeyRing during = KeyRing.builder(store(secret(2, 1))).clock(clock).build();

        assertEquals(id, during.current().id());
        assertFalse(Arrays.equals(before, sealed(id)));
        assertEquals(id, store(secret(2)).all().get(0).id());
        assertThrows(IllegalStateException.class, store(secret(1))::all);
    }

    @Test
    void instancesOfBothSecretsReadWhatTheOtherSealed() {
        JdbiKeyStore one = store(secret(1, 2));
        JdbiKeyStore other = store(secret(2, 1));
        one.tryAdd(key(1));
        other.tryAdd(key(2));

        assertEquals(2, one.all().size());
        assertEquals(2, other.all().size());
        byte[] current = sealed(idOf(2));
        other.sealAnew();
        assertArrayEquals(current, sealed(idOf(2)), "what is current is left alone");
    }

    @Test
    void aRowSomebodyWroteIsRefused() {
        SigningKey key = key(1);
        store.tryAdd(key);
        byte[] changed = sealed(key.id());
        changed[changed.length - 1] ^= 1;

        replaceSealed(key.id(), changed);
        assertThrows(IllegalStateException.class, store::all);
        replaceSealed(key.id(), key.privateJwk().getBytes(StandardCharsets.UTF_8));
        assertThrows(IllegalStateException.class, store::all);
        replaceSealed(key.id(), new byte[] {1});
        assertThrows(IllegalStateException.class, store::all);
    }

    @Test
    void theSameKeyNeverSealsTheSame() {
        SigningKey key = key(1);
        var seal = new KeySeal(secret, new SecureRandom(), false);

        String once = Base64.getEncoder().encodeToString(seal.close(key));
        String again = Base64.getEncoder().encodeToString(seal.close(key));

        assertFalse(once.equals(again));
    }

    private KeyRing ring() {
        return KeyRing.builder(JdbiKeyStore.of(database, secret)).clock(clock).build();
    }

    private SigningKey key(int generation) {
        return SigningKey.generate(SigningAlgorithm.ES256, generation, clock.instant(), new SecureRandom());
    }

    private byte[] sealed(String keyId) {
        return database.withHandle(handle -> handle.createQuery("SELECT sealed_jwk FROM mb_auth_keys WHERE kid = :kid")
                .bind("kid", keyId)
                .mapTo(byte[].class)
                .one());
    }

    private void replaceSealed(String keyId, byte[] sealed) {
        database.withHandle(
                handle -> handle.createUpdate("UPDATE mb_auth_keys SET sealed_jwk = :sealed WHERE kid = :kid")
                        .bind("sealed", sealed)
                        .bind("kid", keyId)
                        .execute());
    }

    private String idOf(int generation) {
        return store(secret(1, 2)).all().stream()
                .filter(key -> key.generation() == generation)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private JdbiKeyStore store(ServerSecret known) {
        return JdbiKeyStore.of(database, known);
    }

    private static ServerSecret secret(int current, int... accepted) {
        return ServerSecret.of(
                bytes(current),
                Arrays.stream(accepted).mapToObj(JdbiKeyStoreTest::bytes).toArray(byte[][]::new));
    }

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return bytes;
    }

    private static Database database() {
        var source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        return Database.of(source);
    }
}
