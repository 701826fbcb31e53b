// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.schedule.Misfire;
import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.app.TestDatabaseTemplate;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every tick is exactly one job, through changes of the clocks, instances that race and instances that die. */
@Timeout(300)
class SchedulesOnDatabasesTest {

    @JobKind("tick")
    record Tick(String schedule, Instant at) {}

    private static final List<String> ZONES =
            List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago");
    private static final List<String> SPECS =
            List.of("*/10 * * * *", "15 2 * * *", "30 1 * * *", "0 0 * * *", "45 23,0-3 * * *", "0 */2 * * *");
    private static final Duration AROUND = Duration.ofHours(30);

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "H2"})
    void everyTickIsOneJobThroughBothChangesOfTheClocksThoughInstancesDie(Dialect dialect) {
        try (TestDatabaseTemplate template = template(dialect)) {
            everyTickIsOneJob(template::copy);
        }
    }

    static void everyTickIsOneJob(Supplier<TestDatabase> databases) {
        var random = new Random(310);
        int deaths = 0;
        for (String zone : ZONES) {
            Instant change = Instant.parse("2030-01-01T00:00:00Z");
            for (int each = 0; each < 2; each++) {
                change = ZoneId.of(zone).getRules().nextTransition(change).getInstant();
                try (TestDatabase test = databases.get()) {
                    deaths += passThrough(change, schedules(zone), test, random);
                }
            }
        }
        assertTrue(deaths > 100, "only " + deaths + " instances died");
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "H2"})
    void instancesThatRaceEnqueueEachTickOnce(Dialect dialect) throws Exception {
        try (TestDatabaseTemplate template = template(dialect)) {
            eachTickIsEnqueuedOnce(template::copy);
        }
    }

    static void eachTickIsEnqueuedOnce(Supplier<TestDatabase> databases) throws Exception {
        var schedules = new TreeMap<String, Schedule>();
        for (int seconds = 1; seconds <= 8; seconds++) {
            schedules.put("every-" + seconds, Schedule.every(Duration.ofSeconds(seconds)));
        }
        var threads = Executors.newFixedThreadPool(3);
        try (TestDatabase test = databases.get()) {
            var clock = new TestClock();
            var fleet = new ArrayList<Callable<Duration>>();
            for (int instance = 0; instance < 3; instance++) {
                fleet.add(instance(test.database(), clock, schedules)::tick);
            }
            for (int round = 0; round < 60; round++) {
                for (Future<Duration> tick : threads.invokeAll(fleet)) {
                    tick.get();
                }
                clock.advance(Duration.ofSeconds(1));
            }
            fleet.get(0).call();

            assertEquals(expected(schedules, TestClock.START, clock.instant()), ran(test.database(), clock));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns how many instances died on the way. */
    private static int passThrough(Instant change, Map<String, Schedule> schedules, TestDatabase test, Random random) {
        var clock = new TestClock(change.minus(AROUND));
        var chance = new Chance(random);
        var mortal = Jdbi.create(test.dataSource());
        Database database = Database.of(mortal);
        instance(database, clock, schedules).tick();
        mortal.setSqlLogger(chance);
        var fleet = new ArrayList<JobSchedules>();
        for (int each = 0; each < 3; each++) {
            fleet.add(instance(database, clock, schedules));
        }

        while (clock.instant().isBefore(change.plus(AROUND))) {
            boolean outage = random.nextInt(15) == 0;
            clock.advance(outage ? Duration.ofHours(3) : Duration.ofSeconds(random.nextInt(1_500)));
            int next = random.nextInt(fleet.size());
            try {
                fleet.get(next).tick();
            } catch (Death death) {
                fleet.set(next, instance(database, clock, schedules));
            }
        }

        instance(test.database(), clock, schedules).tick();
        assertEquals(expected(schedules, change.minus(AROUND), clock.instant()), ran(test.database(), clock));
        return chance.deaths;
    }

    private static TestDatabaseTemplate template(Dialect dialect) {
        return TestDatabase.template(dialect, database -> Schema.install(database, JdbiJobStore.SCHEMA));
    }

    private static Map<String, Schedule> schedules(String zone) {
        var schedules = new TreeMap<String, Schedule>();
        for (String spec : SPECS) {
            schedules.put("s" + schedules.size(), Schedule.cron(spec, ZoneId.of(zone)));
        }
        return schedules;
    }

    private static JobSchedules instance(Database database, InstantSource clock, Map<String, Schedule> schedules) {
        var builder = JobSchedules.builder(JdbiJobStore.of(database, clock));
        schedules.forEach((name, schedule) ->
                builder.add(name, schedule, tick -> new Tick(name, tick)).misfire(Misfire.ALL));
        return builder.build();
    }

    private static List<String> expected(Map<String, Schedule> schedules, Instant after, Instant until) {
        var expected = new ArrayList<String>();
        schedules.forEach((name, schedule) -> {
            for (Instant at = schedule.next(after); !at.isAfter(until); at = schedule.next(at)) {
                expected.add(name + " " + at);
            }
        });
        return expected.stream().sorted().toList();
    }

    private static List<String> ran(Database database, InstantSource clock) {
        var ran = new ConcurrentLinkedQueue<String>();
        Worker.builder(JdbiJobStore.of(database, clock))
                .handle(Tick.class, (job, context) -> ran.add(job.schedule() + " " + job.at()))
                .build()
                .runDue();
        return ran.stream().sorted().toList();
    }

    /** The end of an instance: no exception, since those it outlives. */
    private static final class Death extends Error {

        private static final long serialVersionUID = 1L;
    }

    /** Lets an instance die before or after a statement now and then, always before the commit. */
    private static final class Chance implements SqlLogger {

        private final Random random;
        private int deaths;

        Chance(Random random) {
            this.random = random;
        }

        @Override
        public void logBeforeExecution(StatementContext context) {
            take();
        }

        @Override
        public void logAfterExecution(StatementContext context) {
            take();
        }

        private void take() {
            if (random.nextInt(60) == 0) {
                deaths++;
                throw new Death();
            }
        }
    }
}
