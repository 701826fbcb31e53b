// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * db-scheduler with 20 threads that polls every 100 ms: on PostgreSQL by lock-and-fetch with the limits that its own
 * measurements found best, on H2 by fetching, which is all that it has there.
 */
final class DbScheduler implements Contender {

    static final int THREADS = 20;

    private static final String NAME = "make-receipt";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int BATCH = 1_000;

    private final JobsDatabase place;
    private final boolean lockAndFetch;
    private final SchedulerClient client;
    private final OneTimeTask<MakeReceipt> nothing = task(number -> {});

    private DbScheduler(JobsDatabase place, boolean lockAndFetch) {
        this.place = place;
        this.lockAndFetch = lockAndFetch;
        this.client = SchedulerClient.Builder.create(place.pool(), nothing).build();
    }

    static DbScheduler postgresql(JobsDatabase place) throws SQLException {
        createTable(place, "bytea");
        return new DbScheduler(place, true);
    }

    static DbScheduler h2(JobsDatabase place) throws SQLException {
        createTable(place, "varbinary(10000)");
        return new DbScheduler(place, false);
    }

    /** As its manual has it, without the index that only users of priorities need. */
    private static void createTable(JobsDatabase place, String bytes) throws SQLException {
        place.execute(
                "CREATE TABLE IF NOT EXISTS scheduled_tasks (task_name varchar(100) NOT NULL,"
                        + " task_instance varchar(100) NOT NULL, task_data " + bytes + ","
                        + " execution_time timestamp with time zone NOT NULL, picked boolean NOT NULL,"
                        + " picked_by varchar(100), last_success timestamp with time zone,"
                        + " last_failure timestamp with time zone, consecutive_failures int,"
                        + " last_heartbeat timestamp with time zone, version bigint NOT NULL, priority smallint,"
                        + " PRIMARY KEY (task_name, task_instance))",
                "CREATE INDEX IF NOT EXISTS execution_time_idx ON scheduled_tasks (execution_time)",
                "CREATE INDEX IF NOT EXISTS last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");
    }

    @Override
    public String toString() {
        return "db-scheduler";
    }

    @Override
    public void clear() throws SQLException {
        place.execute("TRUNCATE TABLE scheduled_tasks");
    }

    @Override
    public void enqueue(long number) {
        client.scheduleIfNotExists(instance(number), Instant.now());
    }

    @Override
    public void enqueueAll(long first, int jobs) {
        List<TaskInstance<?>> batch = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            batch.add(instance(first + i));
            if (batch.size() == BATCH || i == jobs - 1) {
                client.scheduleBatch(batch, Instant.now());
                batch.clear();
            }
        }
    }

    @Override
    public boolean pending() throws SQLException {
        return place.exists("SELECT 1 FROM scheduled_tasks");
    }

    @Override
    public Working start(LongConsumer body) {
        SchedulerBuilder builder = Scheduler.create(place.pool(), task(body))
                .threads(THREADS)
                .pollingInterval(POLL)
                .enableImmediateExecution();
        if (lockAndFetch) {
            builder.pollUsingLockAndFetch(4.0, 20.0);
        }
        Scheduler scheduler = builder.build();
        scheduler.start();
        return scheduler::stop;
    }

    private TaskInstance<MakeReceipt> instance(long number) {
        return nothing.instance(Long.toString(number), new MakeReceipt(number, ORDER));
    }

    private static OneTimeTask<MakeReceipt> task(LongConsumer body) {
        return Tasks.oneTime(NAME, MakeReceipt.class)
                .execute((job, context) -> body.accept(job.getData().number()));
    }
}
