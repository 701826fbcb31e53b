// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** A database with a ledger of what was done in it, and idempotent requests on a clock that a test moves. */
final class Effects implements AutoCloseable {

    static final IdempotencyPolicy POLICY = IdempotencyPolicy.standard();

    /** For what must not wait: an asker is told at once that another is at it. */
    static final IdempotencyPolicy IMPATIENT = POLICY.lockWait(Duration.ofMillis(20));

    final TestClock clock = new TestClock();
    final JdbiIdempotency idempotency;
    private final TestDatabase opened;

    Effects(TestDatabase opened) {
        this.opened = opened;
        Schema.install(database(), Schema.CORE);
        database()
                .useTransaction(handle -> handle.execute(
                        "CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name varchar(40))"));
        idempotency = new JdbiIdempotency(database(), clock);
    }

    Database database() {
        return opened.database();
    }

    IdempotentRequest request(String key) {
        return request(key, POLICY);
    }

    IdempotentRequest request(String key, IdempotencyPolicy policy) {
        return request(key, "tea", policy);
    }

    /** The scope begins with the key, so that different keys never share a lock. */
    IdempotentRequest request(String key, String payload, IdempotencyPolicy policy) {
        byte[] scope = ByteBuffer.allocate(32)
                .put(key.getBytes(StandardCharsets.UTF_8))
                .array();
        return new IdempotentRequest(scope, payload.getBytes(StandardCharsets.UTF_8), policy, null);
    }

    /** Does something in a transaction, and answers with what only this doing of it can know. */
    static Answer add(Handle handle, String name) {
        long id = handle.createUpdate("INSERT INTO effect (name) VALUES (:name)")
                .bind("name", name)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        return Answer.json(201, "{\"id\":" + id + "}").header("Location", "/effects/" + id);
    }

    /** Does something outside of any transaction of the library's. */
    Answer add(String name) {
        return opened.database().jdbi().withHandle(handle -> add(handle, name));
    }

    /** All that was done, in its order. */
    List<String> all() {
        return database().withHandle(handle -> handle.createQuery("SELECT name FROM effect ORDER BY id")
                .mapTo(String.class)
                .list());
    }

    @Override
    public void close() {
        opened.close();
    }
}
