// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.schedule.Misfire;
import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.ScheduleState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that come again. Each tick of a schedule becomes one job, by whichever instance of the fleet calls {@link #tick}
 * first: the schedule's row moves on and the job is enqueued in one transaction.
 *
 * <pre>{@code
 * var schedules = JobSchedules.builder(jobs)
 *     .add("nightly-report", Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin")), tick -> new NightlyReport(tick))
 *     .add("sweep", Schedule.every(Duration.ofMinutes(5)), new Sweep()).misfire(Misfire.SKIP)
 *     .build();
 * }</pre>
 *
 * Time is the database's. A schedule runs as its row says, in every instance. A new instance writes what it was
 * deployed with there at its first tick, and instances of another version follow; if none that agrees with the row has
 * ticked for {@link #ABANDONED}, the next one writes its own. Thread safe.
 */
public final class JobSchedules {

    /** How long a row keeps a spec that no instance confirms. */
    public static final Duration ABANDONED = Duration.ofMinutes(1);

    private static final Duration CONFIRMED = Duration.ofSeconds(20);
    private static final Duration AGAIN_SOON = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(JobSchedules.class);

    private final Database database;
    private final JdbiJobStore jobs;
    private final ScheduleRows rows;
    private final Map<String, Entry> entries;
    private volatile boolean registered;

    private JobSchedules(Builder builder) {
        this.jobs = builder.jobs;
        this.database = jobs.database();
        this.rows = new ScheduleRows(database, jobs.clock());
        this.entries = Map.copyOf(builder.entries);
    }

    /** In the database of the jobs, and by their clock. */
    public static Builder builder(JdbiJobStore jobs) {
        return new Builder(jobs);
    }

    /**
     * Enqueues what is due, and says how long nothing more will be: at most 20 seconds, since that is how often a row
     * is confirmed. To be called about once a second or sooner than that; one query answers it when nothing is due. A
     * schedule that fails is logged, tried again and holds up no other.
     */
    public Duration tick() {
        if (entries.isEmpty()) {
            return CONFIRMED;
        }
        boolean first = !registered;
        if (first) {
            Instant now = rows.now();
            entries.values().forEach(entry -> rows.add(entry.name(), entry.schedule(), now));
        }
        Duration wait = CONFIRMED;
        boolean all = true;
        for (ScheduleRow row : rows.read(entries.keySet())) {
            Optional<Duration> idle = step(requireNonNull(entries.get(row.name())), row, first);
            all &= idle.isPresent();
            Duration own = idle.orElse(AGAIN_SOON);
            wait = own.compareTo(wait) < 0 ? own : wait;
        }
        registered |= all;
        return wait;
    }

    /**
     * Enqueues a schedule's job now, beside its ticks and also while it is paused; the time is the tick that it is
     * handed.
     *
     * @return the job's id
     */
    public long runNow(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("schedule must be one of "
                    + entries.keySet().stream().sorted().toList() + ", was \"" + name + "\"");
        }
        return jobs.enqueue(entry.job(rows.now()));
    }

    /** Holds back the ticks of a schedule, in the whole fleet and through deployments; false if there is no such row. */
    public boolean pause(String name) {
        return rows.pause(name);
    }

    /** Goes on with the first tick from now; those of the pause are left out. False if it was not paused. */
    public boolean resume(String name) {
        return rows.resume(name);
    }

    /**
     * Forgets a schedule. For one that no instance is deployed with any more: where one is, it keeps still until an
     * instance that has it starts, and begins anew then.
     */
    public boolean remove(String name) {
        return rows.remove(name);
    }

    /** All schedules of the database by name, those that only other instances know included. */
    public List<ScheduleState> list() {
        return rows.list();
    }

    /** How long the row has nothing to do, or empty if that is to be asked again soon. */
    private Optional<Duration> step(Entry entry, ScheduleRow row, boolean first) {
        try {
            return keep(entry, row, first);
        } catch (RuntimeException failed) {
            LOG.warn("schedule {} failed and is tried again", entry.name(), failed);
            return Optional.empty();
        }
    }

    private Optional<Duration> keep(Entry entry, ScheduleRow row, boolean first) {
        boolean agrees = row.isOf(entry.schedule());
        Optional<Schedule> schedule = agrees ? Optional.of(entry.schedule()) : row.schedule();
        ScheduleRow kept = row;
        if (row.isDue() && schedule.isPresent()) {
            kept = fire(entry, schedule.get(), row);
        }
        if (kept == null) {
            return Optional.empty();
        }
        if (!agrees && (first || row.isUnconfirmedFor(ABANDONED))) {
            return rows.replace(kept, entry.schedule()) ? Optional.of(Duration.ZERO) : Optional.empty();
        }
        if (agrees && row.isUnconfirmedFor(CONFIRMED)) {
            rows.confirm(kept);
        }
        return Optional.of(kept.idle(CONFIRMED));
    }

    /** The row as it is once its ticks are jobs, or null if another instance has moved it. */
    private @Nullable ScheduleRow fire(Entry entry, Schedule schedule, ScheduleRow row) {
        List<Instant> owed = entry.misfire().owed(schedule, row.next(), row.now());
        List<NewJob> made = owed.stream().map(entry::job).toList();
        ScheduleRow moved = row.movedTo(schedule.next(row.now()), owed);
        boolean first = database.inTransaction(handle -> {
            boolean mine = rows.move(handle, row, moved);
            if (mine) {
                jobs.enqueueAll(handle, made);
            }
            return mine;
        });
        if (first && (owed.isEmpty() || owed.get(0).isAfter(row.next()))) {
            LOG.warn(
                    "schedule {} leaves out ticks that it missed since {}: by its policy {}, {} run now",
                    entry.name(),
                    row.next(),
                    entry.misfire(),
                    owed.size());
        }
        return first ? moved : null;
    }

    private record Entry(String name, Schedule schedule, Function<Instant, ? extends Record> work, Misfire misfire) {

        NewJob job(Instant tick) {
            Record job = requireNonNull(work.apply(tick), () -> "schedule " + name + " must make a job, was null");
            return job instanceof NewJob chosen ? chosen : NewJob.of(job);
        }
    }

    /** Schedules on their way into an instance. */
    public static final class Builder {

        private final JdbiJobStore jobs;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private @Nullable Entry last;

        private Builder(JdbiJobStore jobs) {
            this.jobs = requireNonNull(jobs, "jobs must not be null: such as JdbiJobStore.of(database)");
        }

        /** The same job at each tick: a record with a job kind, or a {@link NewJob}. */
        public Builder add(String name, Schedule schedule, Record job) {
            NewJob made = job instanceof NewJob chosen ? chosen : NewJob.of(job);
            return add(name, schedule, tick -> made);
        }

        /**
         * A job that is made of its tick: the moment it is for, however late it runs.
         *
         * @param name up to 64 lower case letters, digits, dots and hyphens; it stays when the schedule changes
         */
        public Builder add(String name, Schedule schedule, Function<Instant, ? extends Record> job) {
            if (!name.matches("[a-z0-9][a-z0-9.-]{0,63}")) {
                throw new IllegalArgumentException(
                        "name must be up to 64 lower case letters, digits, dots and hyphens, was \"" + name + "\"");
            }
            return put(new Entry(name, schedule, job, Misfire.ONCE), entries.containsKey(name));
        }

        /** What becomes of missed ticks of the schedule that was added last; {@link Misfire#ONCE} by default. */
        public Builder misfire(Misfire policy) {
            Entry added = last;
            if (added == null) {
                throw new IllegalStateException("misfire must follow the add of the schedule it is for");
            }
            return put(new Entry(added.name(), added.schedule(), added.work(), policy), false);
        }

        public JobSchedules build() {
            return new JobSchedules(this);
        }

        private Builder put(Entry entry, boolean taken) {
            if (taken) {
                throw new IllegalArgumentException("schedule \"" + entry.name() + "\" was added twice");
            }
            entries.put(entry.name(), entry);
            last = entry;
            return this;
        }
    }
}
