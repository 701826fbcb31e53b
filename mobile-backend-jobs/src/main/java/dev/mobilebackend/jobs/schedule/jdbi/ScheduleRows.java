// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.ScheduleState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** The table of schedules; each change is a statement that holds only if the row still is what was read. */
final class ScheduleRows {

    private static final String AS_READ = " WHERE name = :name AND spec = :spec AND zone = :zone AND next_at = :next";

    private final Database database;
    private final SqlTime time;
    private final String select;

    ScheduleRows(Database database, @Nullable InstantSource clock) {
        this.database = database;
        this.time = SqlTime.of(database.dialect(), clock);
        this.select = "SELECT name, spec, zone, next_at, last_at, confirmed_at, paused, " + time.now()
                + " AS read_at FROM mb_job_schedule";
    }

    Instant now() {
        return database.withHandle(handle -> time.bind(handle.createQuery("SELECT " + time.now()))
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant());
    }

    /** A new schedule begins with its first tick from now. */
    void add(String name, Schedule schedule, Instant now) {
        var values = new HashMap<String, Object>(time.values());
        values.put("name", name);
        values.put("spec", schedule.spec());
        values.put("zone", schedule.zone().getId());
        values.put("next", utc(schedule.next(now)));
        database.useTransaction(handle -> database.dialect()
                .insertIfAbsent(
                        handle,
                        "INSERT INTO mb_job_schedule (name, spec, zone, next_at, confirmed_at)"
                                + " VALUES (:name, :spec, :zone, :next, " + time.now() + ")",
                        values));
    }

    List<ScheduleRow> read(Collection<String> names) {
        return database.withHandle(handle -> time.bind(handle.createQuery(select + " WHERE name IN (<names>)"))
                .bindList("names", List.copyOf(names))
                .map(ScheduleRows::row)
                .list());
    }

    List<ScheduleState> list() {
        return database.withHandle(handle -> time.bind(handle.createQuery(select + " ORDER BY name"))
                .map(ScheduleRows::row)
                .map(ScheduleRow::state)
                .list());
    }

    /** Whether the row still was as it was read; from then to the end of the transaction no other may move it. */
    boolean move(Handle handle, ScheduleRow read, ScheduleRow moved) {
        return asRead(
                                handle.createUpdate("UPDATE mb_job_schedule SET next_at = :moved, last_at = :last"
                                        + AS_READ + " AND paused = FALSE"),
                                read)
                        .bind("moved", utc(moved.next()))
                        .bind("last", moved.last() == null ? null : utc(moved.last()))
                        .execute()
                == 1;
    }

    /** Ticks up to now were the old spec's, those after it are the new one's. */
    boolean replace(ScheduleRow read, Schedule schedule) {
        Instant done = read.last() != null && read.last().isAfter(read.now()) ? read.last() : read.now();
        return database.inTransaction(handle -> time.bind(asRead(
                                handle.createUpdate("UPDATE mb_job_schedule SET spec = :newSpec, zone = :newZone,"
                                        + " next_at = :moved, confirmed_at = " + time.now() + AS_READ),
                                read))
                        .bind("newSpec", schedule.spec())
                        .bind("newZone", schedule.zone().getId())
                        .bind("moved", utc(schedule.next(done)))
                        .execute()
                == 1);
    }

    void confirm(ScheduleRow read) {
        database.useTransaction(
                handle -> time.bind(handle.createUpdate("UPDATE mb_job_schedule SET confirmed_at = " + time.now()
                                + " WHERE name = :name AND spec = :spec AND zone = :zone"
                                + " AND confirmed_at = :confirmed"))
                        .bind("name", read.name())
                        .bind("spec", read.spec())
                        .bind("zone", read.zone())
                        .bind("confirmed", utc(read.confirmed()))
                        .execute());
    }

    boolean pause(String name) {
        return changed("UPDATE mb_job_schedule SET paused = TRUE WHERE name = :name", name);
    }

    boolean resume(String name) {
        return database.inTransaction(handle -> {
            List<ScheduleRow> paused = time.bind(
                            handle.createQuery(select + " WHERE name = :name AND paused = TRUE FOR UPDATE"))
                    .bind("name", name)
                    .map(ScheduleRows::row)
                    .list();
            for (ScheduleRow row : paused) {
                Schedule schedule = row.schedule()
                        .orElseThrow(
                                () -> new IllegalStateException(
                                        "schedule " + name + " has the spec \"" + row.spec()
                                                + "\" in " + row.zone()
                                                + ", which this version cannot read: resume it from an instance of the newer one"));
                asRead(
                                handle.createUpdate(
                                        "UPDATE mb_job_schedule SET paused = FALSE, next_at = :moved" + AS_READ),
                                row)
                        .bind("moved", utc(schedule.next(row.now())))
                        .execute();
            }
            return !paused.isEmpty();
        });
    }

    boolean remove(String name) {
        return changed("DELETE FROM mb_job_schedule WHERE name = :name", name);
    }

    private boolean changed(String statement, String name) {
        return database.inTransaction(
                handle -> handle.createUpdate(statement).bind("name", name).execute() == 1);
    }

    private static Update asRead(Update update, ScheduleRow read) {
        return update.bind("name", read.name())
                .bind("spec", read.spec())
                .bind("zone", read.zone())
                .bind("next", utc(read.next()));
    }

    private static ScheduleRow row(ResultSet row, StatementContext context) throws SQLException {
        OffsetDateTime last = row.getObject("last_at", OffsetDateTime.class);
        return new ScheduleRow(
                row.getString("name"),
                row.getString("spec"),
                row.getString("zone"),
                instant(row, "next_at"),
                last == null ? null : last.toInstant(),
                instant(row, "confirmed_at"),
                row.getBoolean("paused"),
                instant(row, "read_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
