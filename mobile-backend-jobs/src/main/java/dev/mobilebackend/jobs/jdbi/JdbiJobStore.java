// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.NewJob;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in the application's own database, in the tables of {@link #SCHEMA}.
 *
 * <pre>{@code
 * var jobs = JdbiJobStore.of(database);
 * database.useTransaction(handle -> {
 *     orders.insert(handle, order);
 *     jobs.enqueue(handle, new MakeReceipt(order.id()));
 * });
 * }</pre>
 *
 * Due times and leases are both told by the database's clock, so the clocks of the processes may differ. A store that
 * is given a clock binds it wherever the other asks the database; the two never share a table outside of tests.
 */
public final class JdbiJobStore implements JobStore {

    /** The tables of jobs. */
    public static final SchemaPart SCHEMA =
            new SchemaPart("jobs", JdbiJobStore.class.getClassLoader(), List.of("V301__jobs.sql"));

    private static final String HELD = " WHERE id = :job AND owner = :owner AND attempt = :attempt";

    private final Database database;
    private final SqlTime time;
    private final Claiming claiming;
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();

    private JdbiJobStore(Database database, @Nullable InstantSource clock) {
        this.database = database;
        this.time = SqlTime.of(database.dialect(), clock);
        this.claiming = switch (database.dialect()) {
            case POSTGRESQL -> new PostgresClaiming(time);
            case H2 -> new H2Claiming(time);
        };
    }

    /** On the database's clock. */
    public static JdbiJobStore of(Database database) {
        return new JdbiJobStore(database, null);
    }

    /** On a clock that a test moves. */
    public static JdbiJobStore of(Database database, InstantSource clock) {
        return new JdbiJobStore(database, clock);
    }

    /** Adds a job in the handle's transaction: if that rolls back, the job never was. */
    public long enqueue(Handle handle, Record job) {
        return enqueue(handle, NewJob.of(job));
    }

    /** {@link #enqueue(Handle, Record)} with its choices made. */
    public long enqueue(Handle handle, NewJob job) {
        long id = time.bind(handle.createUpdate(
                        "INSERT INTO mb_job (run_at, kind, payload) VALUES (" + time.later() + ", :kind, :payload)"))
                .bind("micros", SqlTime.micros(job.delay()))
                .bind("kind", job.kind())
                .bind("payload", job.payload())
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        if (job.delay().isZero()) {
            announce(handle);
        }
        return id;
    }

    @Override
    public long enqueue(NewJob job) {
        return inTransaction(handle -> enqueue(handle, job));
    }

    /**
     * A handler that works in the same transaction as its completion. The job's row is deleted first, which holds off
     * every other process until the commit; if the claim is lost by then, nothing is done.
     *
     * <pre>{@code
     * .handle(MakeReceipt.class, jobs.inTransaction((job, handle) -> receipts.make(handle, job.orderId())))
     * }</pre>
     *
     * For short work on the database alone: it holds a connection as long as it runs.
     */
    public <J extends Record> JobHandler<J> inTransaction(TransactionalJobHandler<J> handler) {
        return (job, context) -> database.useTransaction(handle -> {
            int deleted = handle.createUpdate("DELETE FROM mb_job" + HELD)
                    .bindMethods(context.claim())
                    .execute();
            if (deleted != 1) {
                throw new ClaimLostException(context.claim());
            }
            handler.run(job, handle);
        });
    }

    @Override
    public long join(Duration lease) {
        return inTransaction(handle -> time.bind(
                        handle.createUpdate("INSERT INTO mb_job_worker (lease_until) VALUES (" + time.later() + ")"))
                .bind("micros", SqlTime.micros(lease))
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one());
    }

    @Override
    public boolean beat(long owner, Duration lease) {
        return inTransaction(handle -> time.bind(handle.createUpdate(
                                "UPDATE mb_job_worker SET lease_until = " + time.later() + " WHERE id = :owner"))
                        .bind("micros", SqlTime.micros(lease))
                        .bind("owner", owner)
                        .execute()
                == 1);
    }

    @Override
    public List<ClaimedJob> finishAndClaim(long owner, List<JobOutcome> outcomes, int limit) {
        return inTransaction(handle -> {
            retry(handle, only(JobOutcome.Retry.class, outcomes));
            bury(handle, only(JobOutcome.Dead.class, outcomes));
            giveBack(handle, only(JobOutcome.Returned.class, outcomes));
            List<Claim> done = only(JobOutcome.Done.class, outcomes).stream()
                    .map(JobOutcome.Done::claim)
                    .toList();
            return claiming.finishAndClaim(handle, owner, done, limit);
        });
    }

    @Override
    public List<Claim> claims(long owner) {
        return inTransaction(
                handle -> handle.createQuery("SELECT id, attempt FROM mb_job WHERE state = 1 AND owner = :owner")
                        .bind("owner", owner)
                        .map((row, context) -> new Claim(row.getLong("id"), owner, row.getInt("attempt")))
                        .list());
    }

    /** An owner that is no more never comes back, so jobs may be looked up by it after the first look. */
    @Override
    public int rescue() {
        return inTransaction(handle -> {
            time.bind(handle.createUpdate("DELETE FROM mb_job_worker WHERE id IN (SELECT id FROM mb_job_worker"
                            + " WHERE lease_until <= " + time.now() + " " + claiming.lockingClause() + ")"))
                    .execute();
            List<Long> gone = handle.createQuery("SELECT DISTINCT owner FROM mb_job WHERE state = 1 AND NOT EXISTS"
                            + " (SELECT 1 FROM mb_job_worker WHERE mb_job_worker.id = mb_job.owner)")
                    .mapTo(Long.class)
                    .list();
            return gone.isEmpty() ? 0 : release(handle, gone);
        });
    }

    @Override
    public void leave(long owner) {
        inTransaction(handle -> {
            handle.createUpdate("UPDATE mb_job SET state = 0, owner = NULL, attempt = attempt - 1"
                            + " WHERE state = 1 AND owner = :owner")
                    .bind("owner", owner)
                    .execute();
            return handle.createUpdate("DELETE FROM mb_job_worker WHERE id = :owner")
                    .bind("owner", owner)
                    .execute();
        });
    }

    @Override
    public List<DeadJob> dead(int limit) {
        return inTransaction(
                handle -> handle.createQuery("SELECT id, kind, payload, attempt, error, died_at FROM mb_job"
                                + " WHERE state = 2 ORDER BY died_at DESC, id DESC LIMIT :limit")
                        .bind("limit", limit)
                        .map((row, context) -> new DeadJob(
                                row.getLong("id"),
                                row.getString("kind"),
                                row.getString("payload"),
                                row.getInt("attempt"),
                                row.getString("error"),
                                row.getObject("died_at", OffsetDateTime.class).toInstant()))
                        .list());
    }

    @Override
    public boolean replay(long job) {
        return inTransaction(handle -> {
            boolean replayed = time.bind(handle.createUpdate("UPDATE mb_job SET state = 0, attempt = 0, died_at = NULL,"
                                    + " run_at = " + time.now() + " WHERE id = :job AND state = 2"))
                            .bind("job", job)
                            .execute()
                    == 1;
            announce(handle);
            return replayed;
        });
    }

    @Override
    public List<JobCount> counts() {
        return inTransaction(handle -> handle.createQuery(
                        "SELECT kind, state, count(*) AS jobs FROM mb_job GROUP BY kind, state ORDER BY kind, state")
                .map((row, context) ->
                        new JobCount(row.getString("kind"), state(row.getInt("state")), row.getLong("jobs")))
                .list());
    }

    @Override
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    private void retry(Handle handle, List<JobOutcome.Retry> retries) {
        if (retries.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(
                "UPDATE mb_job SET state = 0, owner = NULL, error = :error, run_at = " + time.later() + HELD);
        for (JobOutcome.Retry retry : retries) {
            time.bind(batch)
                    .bindMethods(retry.claim())
                    .bind("micros", SqlTime.micros(retry.delay()))
                    .bind("error", retry.error())
                    .add();
        }
        batch.execute();
    }

    private void bury(Handle handle, List<JobOutcome.Dead> dead) {
        if (dead.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(
                "UPDATE mb_job SET state = 2, owner = NULL, error = :error, died_at = " + time.now() + HELD);
        for (JobOutcome.Dead job : dead) {
            time.bind(batch).bindMethods(job.claim()).bind("error", job.error()).add();
        }
        batch.execute();
    }

    private static void giveBack(Handle handle, List<JobOutcome.Returned> returned) {
        if (returned.isEmpty()) {
            return;
        }
        PreparedBatch batch =
                handle.prepareBatch("UPDATE mb_job SET state = 0, owner = NULL, attempt = attempt - 1" + HELD);
        returned.forEach(job -> batch.bindMethods(job.claim()).add());
        batch.execute();
    }

    /** The outer condition holds after a wait for a row, when the inner one was asked before. */
    private int release(Handle handle, List<Long> gone) {
        return handle.createUpdate("UPDATE mb_job SET state = 0, owner = NULL WHERE state = 1 AND owner IN (<gone>)"
                        + " AND id IN (SELECT id FROM mb_job WHERE state = 1 AND owner IN (<gone>) "
                        + claiming.lockingClause() + ")")
                .bindList("gone", gone)
                .execute();
    }

    /** Without a transaction of the caller's the job is committed already. */
    private void announce(Handle handle) {
        if (handle.isInTransaction()) {
            Database.afterCommit(handle, () -> listeners.forEach(Runnable::run));
        } else {
            listeners.forEach(Runnable::run);
        }
    }

    /** Each step commits here, whatever the pool's auto-commit is. */
    private <T> T inTransaction(HandleCallback<T, RuntimeException> step) {
        return database.inTransaction(step);
    }

    private static <T extends JobOutcome> List<T> only(Class<T> type, List<JobOutcome> outcomes) {
        return outcomes.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static JobState state(int code) {
        return switch (code) {
            case 0 -> JobState.WAITING;
            case 1 -> JobState.RUNNING;
            case 2 -> JobState.DEAD;
            default -> throw new IllegalStateException("mb_job.state must be 0, 1 or 2, was " + code);
        };
    }
}
