// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule.jdbi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.MovedClock;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.schedule.Misfire;
import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.ScheduleState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The clock begins at 2030-01-01T00:00:00Z. */
class JobSchedulesTest {

    @JobKind("report")
    record Report(Instant tick) {}

    private static final Schedule HOURLY = Schedule.cron("0 * * * *", ZoneOffset.UTC);
    private static final Schedule HALF_PAST = Schedule.cron("30 * * * *", ZoneOffset.UTC);

    private final JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:schedules", "sa", "");
    private final Jdbi jdbi = Jdbi.create(pool);
    private final Database database = Database.of(jdbi);
    private final MovedClock clock = new MovedClock();
    private final JdbiJobStore jobs = JdbiJobStore.of(database, clock);
    private final List<String> ran = new ArrayList<>();

    @BeforeEach
    void install() {
        Schema.install(database, JdbiJobStore.SCHEMA);
    }

    @AfterEach
    void drop() {
        database.useTransaction(handle -> handle.execute("DROP ALL OBJECTS"));
        pool.dispose();
    }

    @Test
    void aTickBecomesAJobThatKnowsItsTick() {
        JobSchedules schedules = started(HOURLY);

        clock.advance(Duration.ofMinutes(60).plusSeconds(7));
        schedules.tick();
        schedules.tick();

        assertEquals(List.of("2030-01-01T01:00:00Z"), ran());
    }

    @Test
    void aScheduleBeginsWithTheFirstTickAfterItIsNew() {
        started(HOURLY);

        assertEquals(List.of(), ran());
        assertEquals(
                List.of(new ScheduleState("report", "0 * * * *", "Z", at("01:00"), null, false)),
                schedules(HOURLY).list());
    }

    @Test
    void tickSaysHowLongNothingWillBeDue() {
        JobSchedules schedules = started(HOURLY);

        clock.advance(Duration.ofMinutes(59).plusSeconds(47));
        schedules.tick();

        assertEquals(Duration.ofSeconds(13), schedules.tick());
    }

    @Test
    void tickAsksOneQueryWhenNothingIsDue() {
        JobSchedules schedules = started(HOURLY);
        AtomicInteger statements = statements();

        schedules.tick();

        assertEquals(1, statements.get());
    }

    @Test
    void anInstanceThatStartsLaterTakesOverWhatIsDue() {
        started(HOURLY);

        clock.advance(Duration.ofHours(1));
        started(HOURLY);

        assertEquals(List.of("2030-01-01T01:00:00Z"), ran());
    }

    @Test
    void thePolicyDecidesOnMissedTicks() {
        JobSchedules schedules = JobSchedules.builder(jobs)
                .add("once", HOURLY, new Report(at("00:01")))
                .add("skip", HOURLY, new Report(at("00:02")))
                .misfire(Misfire.SKIP)
                .add("all", HOURLY, new Report(at("00:03")))
                .misfire(Misfire.ALL)
                .build();
        schedules.tick();

        clock.advance(Duration.ofMinutes(150));
        schedules.tick();

        assertEquals(List.of("2030-01-01T00:01:00Z", "2030-01-01T00:03:00Z", "2030-01-01T00:03:00Z"), ran());
    }

    @Test
    void whatTheOldSpecStillOwesRunsBeforeTheNewOneTakesOver() {
        started(HOURLY);

        clock.advance(Duration.ofMinutes(60).plusSeconds(30));
        JobSchedules changed = started(HALF_PAST);
        clock.advance(Duration.ofMinutes(30));
        changed.tick();

        assertEquals(List.of("2030-01-01T01:00:00Z", "2030-01-01T01:30:00Z"), ran());
    }

    @Test
    void instancesOfTheVersionBeforeFollowTheNewSpec() {
        JobSchedules old = started(HOURLY);
        JobSchedules changed = started(HALF_PAST);

        for (int minute = 0; minute < 180; minute++) {
            clock.advance(Duration.ofMinutes(1));
            changed.tick();
            old.tick();
        }

        assertEquals(List.of("2030-01-01T00:30:00Z", "2030-01-01T01:30:00Z", "2030-01-01T02:30:00Z"), ran());
        assertEquals("30 * * * *", old.list().get(0).spec());
    }

    @Test
    void anOldInstanceAloneEnqueuesByTheNewSpecUntilThatIsAbandoned() {
        JobSchedules old = started(HALF_PAST);
        started(Schedule.every(Duration.ofSeconds(30)));

        clock.advance(Duration.ofSeconds(30));
        old.tick();
        clock.advance(Duration.ofSeconds(29));
        old.tick();
        String kept = old.list().get(0).spec();
        clock.advance(Duration.ofSeconds(1));
        old.tick();

        assertEquals(List.of("2030-01-01T00:00:30Z", "2030-01-01T00:01:00Z"), ran());
        assertEquals("PT30S", kept);
        assertEquals("30 * * * *", old.list().get(0).spec());
    }

    @Test
    void aSpecThatThisVersionCannotReadIsLeftToOthersUntilItIsAbandoned() {
        JobSchedules schedules = started(HOURLY);
        database.useTransaction(handle -> handle.execute("UPDATE mb_job_schedule SET spec = '@sometimes'"));

        schedules.tick();
        String kept = schedules.list().get(0).spec();
        clock.advance(JobSchedules.ABANDONED);
        schedules.tick();

        assertEquals("@sometimes", kept);
        assertEquals("0 * * * *", schedules.list().get(0).spec());
    }

    @Test
    void aPausedScheduleKeepsStillAndLeavesOutWhatItMissed() {
        JobSchedules schedules = started(HOURLY);

        assertTrue(schedules.pause("report"));
        clock.advance(Duration.ofMinutes(150));
        schedules.tick();
        started(HOURLY);
        assertEquals(List.of(), ran());
        assertTrue(schedules.list().get(0).paused());

        assertTrue(schedules.resume("report"));
        assertFalse(schedules.resume("report"));
        schedules.tick();
        clock.advance(Duration.ofMinutes(30));
        schedules.tick();

        assertEquals(List.of("2030-01-01T03:00:00Z"), ran());
    }

    @Test
    void runNowIsBesideTheTicks() {
        JobSchedules schedules = started(HOURLY);
        schedules.pause("report");
        clock.advance(Duration.ofMinutes(7));

        schedules.runNow("report");

        assertEquals(List.of("2030-01-01T00:07:00Z"), ran());
        assertEquals(at("01:00"), schedules.list().get(0).next());
        var refused = assertThrows(IllegalArgumentException.class, () -> schedules.runNow("repotr"));
        assertEquals("schedule must be one of [report], was \"repotr\"", refused.getMessage());
    }

    @Test
    void aRemovedScheduleKeepsStillUntilAnInstanceThatHasItStarts() {
        JobSchedules schedules = started(HOURLY);

        assertTrue(schedules.remove("report"));
        assertFalse(schedules.remove("report"));
        clock.advance(Duration.ofHours(1));
        schedules.tick();
        started(HOURLY);

        assertEquals(List.of(), ran());
        assertEquals(at("02:00"), schedules.list().get(0).next());
    }

    @Test
    void aScheduleThatFailsIsTriedAgainAndHoldsUpNoOther() {
        var broken = new AtomicBoolean(true);
        JobSchedules schedules = JobSchedules.builder(jobs)
                .add("broken", HOURLY, tick -> {
                    if (broken.get()) {
                        throw new IllegalStateException("no report today");
                    }
                    return new Report(tick.plusSeconds(1));
                })
                .add("report", HOURLY, report())
                .build();
        schedules.tick();

        clock.advance(Duration.ofHours(1));
        Duration wait = schedules.tick();
        assertEquals(List.of("2030-01-01T01:00:00Z"), ran());
        broken.set(false);
        schedules.tick();

        assertEquals(Duration.ofSeconds(1), wait);
        assertEquals(List.of("2030-01-01T01:00:00Z", "2030-01-01T01:00:01Z"), ran());
    }

    @Test
    void aNewJobMayBeChosenForATick() {
        JobSchedules schedules = JobSchedules.builder(jobs)
                .add("report", HOURLY, tick -> NewJob.of(new Report(tick)).after(Duration.ofMinutes(5)))
                .build();
        schedules.tick();

        clock.advance(Duration.ofHours(1));
        schedules.tick();
        assertEquals(List.of(), ran());
        clock.advance(Duration.ofMinutes(5));

        assertEquals(List.of("2030-01-01T01:00:00Z"), ran());
    }

    @Test
    void aNameIsCheckedAndAddedOnce() {
        JobSchedules.Builder builder = JobSchedules.builder(jobs);

        assertThrows(IllegalStateException.class, () -> builder.misfire(Misfire.ALL));
        assertThrows(IllegalArgumentException.class, () -> builder.add("Nightly Report", HOURLY, report()));
        builder.add("report", Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin")), report());
        var twice = assertThrows(IllegalArgumentException.class, () -> builder.add("report", HOURLY, report()));

        assertEquals("schedule \"report\" was added twice", twice.getMessage());
    }

    private JobSchedules schedules(Schedule schedule) {
        return JobSchedules.builder(jobs).add("report", schedule, report()).build();
    }

    private JobSchedules started(Schedule schedule) {
        JobSchedules schedules = schedules(schedule);
        schedules.tick();
        return schedules;
    }

    private static Function<Instant, Record> report() {
        return Report::new;
    }

    private static Instant at(String time) {
        return Instant.parse("2030-01-01T" + time + ":00Z");
    }

    /** Ticks in the order of time, since jobs that are due together may run in any. */
    private List<String> ran() {
        Worker.builder(jobs)
                .handle(Report.class, (job, context) -> ran.add(job.tick().toString()))
                .build()
                .runDue();
        return ran.stream().sorted().toList();
    }

    private AtomicInteger statements() {
        var count = new AtomicInteger();
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                count.incrementAndGet();
            }
        });
        return count;
    }
}
