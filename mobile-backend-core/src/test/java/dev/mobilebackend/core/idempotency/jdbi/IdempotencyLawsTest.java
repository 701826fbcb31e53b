// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Whatever is sent, fails and is resumed in whatever order: one effect a key, and one answer. */
class IdempotencyLawsTest {

    enum Mode {
        ATOMIC,
        PHASED,
        DETACHED
    }

    enum Move {
        SEND,
        PASS_A_MINUTE,
        RESUME,
        PURGE
    }

    /**
     * One step of a history.
     *
     * @param failing how many points of its work a request comes to before it fails; more than there are is never
     */
    record Step(Move move, Mode mode, int key, int failing) {}

    record Wish(String name) {}

    record Charged(String key) {}

    /** A point of the work at which this history has it fail. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure() {
            super("planned", null, false, false);
        }
    }

    private static final IdempotencyPolicy POLICY = IdempotencyPolicy.standard().lockWait(Duration.ofMillis(1));

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Move> moves = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Move.SEND)),
                Tuple.of(1, Arbitraries.of(Move.PASS_A_MINUTE, Move.RESUME, Move.PURGE)));
        return Combinators.combine(
                        moves,
                        Arbitraries.of(Mode.class),
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.integers().between(0, 9))
                .as(Step::new)
                .list()
                .ofMaxSize(30);
    }

    @Property(tries = 150)
    void eachKeyHasOneEffectAndOneAnswer(@ForAll("histories") List<Step> history) {
        try (var world = new World()) {
            history.forEach(world::take);
            world.checkEffects();
            world.finishPhased();
        }
    }

    /** A database, and what was seen of it. */
    private static final class World implements AutoCloseable {

        private final Handle ledger;
        private final JdbiIdempotency idempotency;
        private final Map<String, Answer> answers = new HashMap<>();
        private final Map<String, String> charges = new HashMap<>();
        private final PhasedWork<Wish, RuntimeException> phased;
        private Instant now = Instant.parse("2026-11-23T12:00:00Z");
        private int left;

        World() {
            Jdbi jdbi = Jdbi.create("jdbc:h2:mem:" + UUID.randomUUID());
            ledger = jdbi.open();
            Database database = Database.of(jdbi);
            Schema.install(database, Schema.CORE);
            ledger.execute("CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name varchar(40))");
            idempotency = new JdbiIdempotency(database, () -> now);
            phased = idempotency.phased("order", Wish.class, (run, wish) -> {
                point();
                run.phase("reserve", handle -> effect(handle, "reserve " + wish.name()));
                point();
                run.foreignCall("charge", Charged.class, key -> charge(key, wish.name()));
                point();
                return run.finish(handle -> effect(handle, "finish " + wish.name()));
            });
        }

        void take(Step step) {
            switch (step.move()) {
                case PASS_A_MINUTE -> now = now.plus(Duration.ofMinutes(1));
                case PURGE -> idempotency.purgeExpired(10);
                case RESUME -> {
                    left = step.failing();
                    phased.resumeAbandoned(POLICY, 10);
                }
                case SEND -> send(step.mode(), step.key(), step.failing());
            }
        }

        private void send(Mode mode, int key, int failing) {
            String name = mode + " " + key;
            left = failing;
            try {
                Answer answer = answer(mode, name, request(name));
                Answer before = answers.putIfAbsent(name, answer);
                if (before != null) {
                    assertArrayEquals(before.body(), answer.body(), name);
                }
            } catch (Failure seen) {
                // the client hears of nothing, and may come back
            } catch (ProblemException refused) {
                assertEquals(Mode.DETACHED, mode);
                assertEquals("idempotency-outcome-unknown", refused.problem().code());
            }
        }

        private Answer answer(Mode mode, String name, IdempotentRequest request) {
            return switch (mode) {
                case ATOMIC -> idempotency.inTransaction(request, handle -> effect(handle, name));
                case PHASED -> phased.run(request, new Wish(name));
                case DETACHED -> idempotency.detached(request, () -> effect(ledger, name));
            };
        }

        private static IdempotentRequest request(String name) {
            byte[] scope = ByteBuffer.allocate(32)
                    .put(name.getBytes(StandardCharsets.UTF_8))
                    .array();
            return new IdempotentRequest(scope, scope, POLICY, null);
        }

        private Answer effect(Handle handle, String name) {
            point();
            long id = handle.createUpdate("INSERT INTO effect (name) VALUES (:name)")
                    .bind("name", name)
                    .executeAndReturnGeneratedKeys("id")
                    .mapTo(Long.class)
                    .one();
            point();
            return Answer.json(201, "{\"id\":" + id + "}");
        }

        private Charged charge(String key, String name) {
            point();
            @Nullable String before = charges.putIfAbsent(name, key);
            assertTrue(before == null || before.equals(key), name);
            point();
            return new Charged(key);
        }

        private void point() {
            if (left-- == 0) {
                throw new Failure();
            }
        }

        void checkEffects() {
            ledger.createQuery("SELECT name, count(*) FROM effect GROUP BY name")
                    .map((row, context) -> row.getString(1) + ": " + row.getInt(2))
                    .forEach(line -> assertTrue(line.endsWith(": 1"), line));
            answers.keySet()
                    .forEach(name -> assertTrue(count(name.startsWith("PHASED") ? "finish " + name : name) == 1));
        }

        /** Whatever was begun in phases can be brought to its end. */
        void finishPhased() {
            left = Integer.MAX_VALUE;
            now = now.plus(POLICY.lease());
            phased.resumeAbandoned(POLICY, 10);
            for (int key = 1; key <= 2; key++) {
                String name = Mode.PHASED + " " + key;
                assertEquals(count("reserve " + name), count("finish " + name), name);
            }
            checkEffects();
        }

        private int count(String name) {
            return ledger.createQuery("SELECT count(*) FROM effect WHERE name = :name")
                    .bind("name", name)
                    .mapTo(Integer.class)
                    .one();
        }

        @Override
        public void close() {
            ledger.close();
        }
    }
}
