// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.rotation;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Three instances on one PostgreSQL, each with another algorithm for new keys and a clock that is up to two seconds
 * wrong. Keys are rotated by one of them, by two at once or by the job on all, and now and then one is ended as leaked
 * or an instance loses the store for minutes, while on each a thread issues tokens, checks those of the others and
 * forges some with keys that it stole. Time passes in leaps of a second to half a day, between which the load gets to
 * work.
 */
final class KeyRotation implements AutoCloseable {

    private static final KeyPolicy POLICY = KeyPolicy.standard().withSignFor(Duration.ofHours(6));
    private static final List<SigningAlgorithm> ALGORITHMS =
            List.of(SigningAlgorithm.ES256, SigningAlgorithm.EDDSA, SigningAlgorithm.HS256);
    private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(-2));

    /** Shorter than the time for which a node can miss no key. */
    private static final Duration OUTAGE = Duration.ofMinutes(4);

    private final TestDatabase database = TestDatabase.postgres();
    private final TestClock clock = new TestClock();
    private final Random random;
    private final KeyStore store;
    private final List<RotatingNode> nodes = new ArrayList<>();
    private final RotationLoad load;

    KeyRotation(long seed) {
        random = new Random(seed);
        Schema.install(database.database(), AuthSchema.TABLES);
        store = JdbiKeyStore.of(database.database(), ServerSecret.of(new byte[32]));
        for (int i = 0; i < SKEWS.size(); i++) {
            nodes.add(new RotatingNode(store, POLICY.withAlgorithm(ALGORITHMS.get(i)), clock, SKEWS.get(i)));
        }
        load = new RotationLoad(nodes, clock, POLICY, seed);
        look();
    }

    /** One node goes on with the keys that it knows now; shows that this would be noticed. */
    void freezeOneNode() {
        nodes.get(1).freezeTheStore();
    }

    /** Makes so many keys under load and says what the load met. */
    RotationLoad.Met run(int rotations, IntConsumer progress) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
        try {
            var running = new ArrayList<Future<?>>();
            for (int node = 0; node < nodes.size(); node++) {
                int own = node;
                running.add(threads.submit(() -> load.run(own)));
            }
            int first = newest();
            for (int made = 0; made < rotations; made = newest() - first) {
                letTimePass();
                change();
                progress.accept(made);
            }
            letTimePass();
            load.stop();
            for (Future<?> each : running) {
                each.get();
            }
            return load.met();
        } finally {
            load.stop();
            threads.shutdown();
        }
    }

    @Override
    public void close() {
        database.close();
    }

    private void change() throws InterruptedException {
        int kind = random.nextInt(20);
        RotatingNode one = nodes.get(random.nextInt(nodes.size()));
        if (kind == 0) {
            endTheKeyThatSigns(one);
        } else if (kind < 4) {
            var next = new AtomicInteger(random.nextInt(nodes.size()));
            Race.of(2, () -> {
                nodes.get(next.getAndIncrement() % nodes.size()).keys().rotate();
                return true;
            });
        } else if (kind < 8) {
            nodes.forEach(node -> node.keys().rotateIfDue());
        } else {
            one.keys().rotate();
        }
        look();
        if (kind == 19) {
            // A node that has rested knows less than one that lost the store just now.
            one.keys().current();
            one.loseTheStore();
            for (Duration passed = Duration.ZERO; passed.compareTo(OUTAGE) < 0; passed = passed.plusSeconds(48)) {
                leap(Duration.ofSeconds(48));
            }
            one.findTheStore();
        }
    }

    private void endTheKeyThatSigns(RotatingNode by) throws InterruptedException {
        String leaked = by.keys().current().id();
        load.unsettle();
        by.keys().end(leaked);
        Instant at = clock.instant();
        load.history(load.history()
                .seen(store.all(), POLICY)
                .ended(leaked, at)
                .hasty(by.keys().current().id(), at.plus(POLICY.reloadEvery())));
        leap(Duration.ofSeconds(3));
        leap(POLICY.reloadEvery());
    }

    private void letTimePass() throws InterruptedException {
        int leaps = 2 + random.nextInt(4);
        for (int i = 0; i < leaps; i++) {
            leap(
                    switch (random.nextInt(4)) {
                        case 0 -> Duration.ofSeconds(1 + random.nextInt(20));
                        case 1 -> Duration.ofSeconds(20 + random.nextInt(300));
                        case 2 -> Duration.ofMinutes(5 + random.nextInt(60));
                        default -> Duration.ofMinutes(60 + random.nextInt(660));
                    });
        }
    }

    private void leap(Duration time) throws InterruptedException {
        clock.advance(time);
        load.await(16);
    }

    private void look() {
        load.history(load.history().seen(store.all(), POLICY));
    }

    private int newest() {
        return store.all().stream().mapToInt(SigningKey::generation).max().orElseThrow();
    }
}
