// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.health.Health.Readiness;
import dev.mobilebackend.core.health.Health.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicBoolean passing = new AtomicBoolean(true);

    private Handle keepsTheDatabase;
    private Health databaseAlone;
    private Health health;

    @BeforeEach
    void open() {
        Jdbi jdbi = Jdbi.create("jdbc:h2:mem:" + UUID.randomUUID());
        keepsTheDatabase = jdbi.open();
        databaseAlone = Health.of(Database.of(jdbi), now::get);
        health = databaseAlone.and("own", () -> {
            checks.incrementAndGet();
            return passing.get();
        });
    }

    @AfterEach
    void close() {
        keepsTheDatabase.close();
    }

    @Test
    void asksItsChecksOnceASecondHoweverOftenItIsAsked() {
        Report first = health.report();
        passing.set(false);
        pass(Duration.ofMillis(999));
        Report second = health.report();
        pass(Duration.ofMillis(1));
        Report third = health.report();

        assertEquals(Readiness.READY, first.readiness());
        assertEquals(Readiness.READY, second.readiness());
        assertEquals(Readiness.NOT_READY, third.readiness());
        assertEquals(2, checks.get());
    }

    @Test
    void givesOthersTheLastReportWhileOneRunsTheChecks() {
        var running = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        Health slow = health.and("slow", () -> {
            if (checks.get() > 1) {
                running.countDown();
                released.await();
            }
            return true;
        });
        slow.report();
        pass(Duration.ofSeconds(1));
        var one = CompletableFuture.supplyAsync(slow::report);

        Report other = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            running.await();
            return slow.report();
        });
        pass(Duration.ofSeconds(10));
        Report late = assertTimeoutPreemptively(Duration.ofSeconds(20), slow::report);
        released.countDown();

        assertEquals(Readiness.READY, other.readiness());
        assertEquals(Readiness.NOT_READY, late.readiness());
        assertEquals(Readiness.READY, one.join().readiness());
        assertEquals(2, checks.get());
    }

    @Test
    void isNotReadyWhileACheckFails() {
        Health failing = health.and("broken", () -> {
            throw new IllegalStateException("out of order");
        });

        Report report = failing.report();

        assertEquals(Readiness.NOT_READY, report.readiness());
        assertEquals(false, report.checks().get("broken"));
        assertEquals(true, report.checks().get("database"));
    }

    @Test
    void drainsAtOnceAndWithEveryHealthThatWasMadeOfIt() {
        health.report();

        databaseAlone.drain();

        assertEquals(Readiness.DRAINING, health.report().readiness());
        assertEquals(Readiness.DRAINING, databaseAlone.report().readiness());
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }
}
