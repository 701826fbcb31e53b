// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.Cancellation;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.Claimed;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.JobContext;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobReport;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Pulse;
import dev.mobilebackend.jobs.QueueLimits;
import dev.mobilebackend.jobs.RunTally;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
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
    public static final SchemaPart SCHEMA = new SchemaPart(
            "jobs",
            JdbiJobStore.class.getClassLoader(),
            List.of(
                    "V301__jobs.sql",
                    "V302__job_claims.sql",
                    "V303__job_queues.sql",
                    "V305__job_keys.sql",
                    "V306__job_dead_by_kind.sql",
                    "V307__job_flows.sql",
                    "V310__job_schedules.sql",
                    "V311__job_cancel.sql",
                    "V312__job_status.sql"));

    private static final int REPLAYED_AT_ONCE = 500;

    private final Database database;
    private final @Nullable InstantSource clock;
    private final InsertOne insertOne;
    private final Waiting waiting;
    private final JobMarks marks;
    private final Claims claims;
    private final DeadJobs dead;
    private final UniqueJobs uniques;
    private final CancelRows cancels;
    private final StatusRows statusRows;
    private final JdbiJobStatuses statuses;
    private final FlowSteps steps;
    private final Flows flows;
    private final Rescue rescue;
    private final WakeUps wakeUps;
    private final JdbiJobsView view;

    private JdbiJobStore(Database database, @Nullable InstantSource clock, PayloadSeal seal) {
        this.database = database;
        this.clock = clock;
        SqlTime time = SqlTime.of(database.dialect(), clock);
        var scans = new ScanMarks(Ambient.ticks());
        Claiming claiming =
                switch (database.dialect()) {
                    case POSTGRESQL -> new PostgresClaiming(time, scans);
                    case H2, MARIADB -> new PlainClaiming(database.dialect(), time);
                };
        this.insertOne = new InsertOne(time, seal);
        this.waiting = new Waiting(database.dialect(), time, scans, seal);
        this.marks = new JobMarks(database.dialect());
        this.dead = new DeadJobs(time, seal);
        this.uniques = new UniqueJobs(database.dialect(), time);
        this.statusRows = new StatusRows(time);
        this.steps = new FlowSteps(new FlowRows(time, seal), this::enqueueAll);
        var endings = new Endings(List.of(uniques::ended, steps::ended, statusRows::ended));
        this.cancels = new CancelRows(database.dialect(), time, endings);
        this.statuses = new JdbiJobStatuses(database, statusRows, cancels);
        this.claims = new Claims(
                database,
                time,
                claiming,
                waiting,
                marks,
                dead,
                new Lanes(database.dialect(), time, claiming),
                uniques,
                endings,
                cancels,
                seal);
        this.flows = new Flows(database, steps, endings, claims::find);
        this.rescue = new Rescue(database, time, claiming, waiting, marks);
        this.wakeUps = new WakeUps(
                switch (database.dialect()) {
                    case POSTGRESQL -> new PostgresRelay(database);
                    case H2, MARIADB -> WakeUps.Relay.NONE;
                });
        this.view = new JdbiJobsView(database, time, scans, wakeUps::raise, this::replay, this::replayAll);
    }

    /** On the database's clock. */
    public static JdbiJobStore of(Database database) {
        return new JdbiJobStore(database, null, PayloadSeal.NONE);
    }

    /** On a clock that a test moves. */
    public static JdbiJobStore of(Database database, InstantSource clock) {
        return new JdbiJobStore(database, clock, PayloadSeal.NONE);
    }

    /**
     * Such a store whose payloads are encrypted in the database, for jobs that carry what a copy of it must not tell. It
     * reads those that are not, too; a worker without the secret fails the attempts of those that are.
     */
    public JdbiJobStore withSealedPayloads(ServerSecret secret) {
        return new JdbiJobStore(database, clock, PayloadSeal.of(secret));
    }

    /** Adds a job in the handle's transaction: if that rolls back, the job never was. */
    public long enqueue(Handle handle, Record job) {
        return enqueue(handle, NewJob.of(job));
    }

    /** {@link #enqueue(Handle, Record)} with its choices made. */
    public long enqueue(Handle handle, NewJob job) {
        if (isMoreThanARow(job)) {
            return enqueueAll(handle, List.of(job)).get(0);
        }
        long id = insert(handle, job);
        announce(handle, List.of(job));
        return id;
    }

    private long insert(Handle handle, NewJob job) {
        try {
            return insertOne.add(handle.getConnection(), job);
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        }
    }

    /**
     * Adds a job in the transaction of a plain JDBC connection, which is left open and uncommitted. That commit is not
     * heard of: workers find the job when they next look, within a second by default, or at once if the caller says
     * {@link #wake(String)} after it. A connection in auto-commit mode needs no word.
     *
     * <pre>{@code
     * connection.setAutoCommit(false);
     * orders.insert(connection, order);
     * jobs.enqueue(connection, NewJob.of(new MakeReceipt(order.id())));
     * connection.commit();
     * jobs.wake(NewJob.DEFAULT_QUEUE);
     * }</pre>
     */
    public long enqueue(Connection connection, NewJob job) {
        return enqueueAll(connection, List.of(job)).get(0);
    }

    /** {@link #enqueue(Connection, NewJob)} of many in one statement; the ids come in the order of the jobs. */
    public List<Long> enqueueAll(Connection connection, List<NewJob> jobs) {
        try (Handle lent = Lent.handle(connection)) {
            return enqueueAll(lent, jobs);
        }
    }

    /** Tells the workers, here and elsewhere, that a queue has a due job: after a commit that was not heard of. */
    public void wake(String queue) {
        wakeUps.raise(queue);
    }

    /** {@link #enqueueAll(List)} in the handle's transaction. */
    public List<Long> enqueueAll(Handle handle, List<NewJob> jobs) {
        List<Long> ids = jobs.stream().anyMatch(JdbiJobStore::isMoreThanARow)
                ? handle.inTransaction(same -> uniques.add(same, jobs, rows -> insertAll(same, rows)))
                : waiting.add(handle, jobs);
        announce(handle, jobs);
        return ids;
    }

    private List<Long> insertAll(Handle handle, List<NewJob> jobs) {
        List<Long> ids = waiting.add(handle, jobs);
        statusRows.add(handle, jobs, ids);
        return ids;
    }

    /** Whether to enqueue it takes a transaction. */
    private static boolean isMoreThanARow(NewJob job) {
        return UniqueJobs.isUnique(job) || StatusRows.isTracked(job);
    }

    @Override
    public long enqueue(NewJob job) {
        return isMoreThanARow(job)
                ? enqueueAll(List.of(job)).get(0)
                : OneStatement.run(database, handle -> enqueue(handle, job));
    }

    @Override
    public List<Long> enqueueAll(List<NewJob> jobs) {
        return database.inRetriedTransaction(handle -> enqueueAll(handle, jobs));
    }

    /**
     * A handler that works in the same transaction as its completion: its effects on this database happen exactly once.
     * The completion is written first, which holds off every other process until the commit; if the claim is lost by
     * then, nothing is done.
     *
     * <pre>{@code
     * .handle(MakeReceipt.class, jobs.inTransaction((job, handle) -> receipts.make(handle, job.orderId())))
     * }</pre>
     *
     * For short work on the database alone: it holds a connection as long as it runs.
     */
    public <J extends Record> JobHandler<J> inTransaction(TransactionalJobHandler<J> handler) {
        return inTransaction((J job, Handle handle, JobContext context) -> handler.run(job, handle));
    }

    /** {@link #inTransaction(TransactionalJobHandler)} for a handler that looks at its flow too. */
    public <J extends Record> JobHandler<J> inTransaction(StepHandler<J> handler) {
        return (job, context) -> database.useTransaction(handle -> {
            Claim claim = context.claim();
            if (claim.batch() == Claims.RUN_IN_CLAIM) {
                handler.run(job, handle, context);
                keepResult(handle, context);
                return;
            }
            if (!marks.end(handle, claim)) {
                throw new ClaimLostException(claim);
            }
            handler.run(job, handle, context);
            keepResult(handle, context);
            claims.settle(handle, claim);
        });
    }

    private void keepResult(Handle handle, JobContext context) {
        context.takeResult()
                .ifPresent(result -> statusRows.report(handle, context.claim(), new JobReport(null, null, result)));
    }

    /** Where the tables are. */
    public Database database() {
        return database;
    }

    /** The clock that it was given, or null where the database's own counts. */
    public @Nullable InstantSource clock() {
        return clock;
    }

    /** Jobs in steps, of this store. */
    public Flows flows() {
        return flows;
    }

    @Override
    public long join(Duration lease) {
        return rescue.join(lease);
    }

    @Override
    public Pulse beat(long owner, Duration lease, Set<String> queues) {
        return claims.beat(owner, lease, queues);
    }

    @Override
    public Claimed finishAndClaim(long owner, List<JobOutcome> outcomes, String queue, int limit, QueueLimits limits) {
        return claims.finishAndClaim(owner, outcomes, queue, limit, limits);
    }

    /** On PostgreSQL two: one runs while the other waits for its commit to be written. */
    @Override
    public int claimsAtATime() {
        return database.dialect() == Dialect.POSTGRESQL ? 2 : 1;
    }

    @Override
    public int runInClaim(long owner, String queue, int limit, Function<ClaimedJob, JobOutcome> run) {
        return claims.runInClaim(owner, queue, limit, run);
    }

    @Override
    public boolean begin(Claim claim) {
        return claim.batch() == Claims.RUN_IN_CLAIM || OneStatement.run(database, handle -> marks.begin(handle, claim));
    }

    @Override
    public List<Claim> claims(long owner, String queue) {
        return claims.of(owner, queue);
    }

    @Override
    public int rescue() {
        return rescue.rescue();
    }

    @Override
    public void note(long owner, List<RunTally> tallies) {
        view.note(owner, tallies);
    }

    /** What an operator sees of these jobs and does to them. */
    public JobsView view() {
        return view;
    }

    @Override
    public void leave(long owner) {
        claims.forget(owner);
        rescue.leave(owner);
    }

    @Override
    public List<DeadJob> dead(int limit) {
        return database.inTransaction(handle -> dead.newest(handle, limit));
    }

    @Override
    public boolean replay(long job) {
        return database.inRetriedTransaction(handle -> replay(handle, List.of(job))) == 1;
    }

    /** {@link JobsView#replayAll}: some hundred in a transaction, the oldest first. */
    private int replayAll(String kind, int limit) {
        int replayed = 0;
        int found;
        int wanted;
        do {
            wanted = Math.min(REPLAYED_AT_ONCE, limit - replayed);
            int most = wanted;
            found = database.inRetriedTransaction(handle -> replay(handle, dead.oldest(handle, kind, most)));
            replayed += found;
        } while (found == wanted && replayed < limit);
        return replayed;
    }

    private int replay(Handle handle, List<Long> ids) {
        List<StoredJob> jobs = dead.remove(handle, ids);
        cancels.forget(handle, jobs.stream().map(StoredJob::id).toList());
        waiting.putBack(
                handle,
                jobs.stream()
                        .map(job -> new Waiting.PutBack(job, Duration.ZERO, 0, false, null))
                        .toList());
        steps.replayed(handle, jobs);
        statusRows.replayed(handle, jobs);
        jobs.stream().map(StoredJob::queue).distinct().forEach(queue -> announce(handle, queue));
        return jobs.size();
    }

    @Override
    public boolean report(Claim claim, JobReport report) {
        return OneStatement.run(database, handle -> statusRows.report(handle, claim, report));
    }

    @Override
    public JdbiJobStatuses statuses() {
        return statuses;
    }

    @Override
    public Cancellation cancel(long job) {
        return database.inRetriedTransaction(handle -> cancel(handle, job));
    }

    /** {@link #cancel(long)} in the handle's transaction. */
    public Cancellation cancel(Handle handle, long job) {
        return handle.inTransaction(same -> cancels.cancel(same, job));
    }

    /**
     * Deletes jobs that died so long ago, and the rows of {@link dev.mobilebackend.jobs.Unique} windows that are over, in
     * no transaction: see {@link Purge}. A flow that was stopped by such a job never goes on.
     *
     * @return how many were deleted; if as many as asked for, there may be more
     * @throws IllegalArgumentException if the age is negative
     */
    public int purge(Duration age, int atMost) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("age must not be negative, was " + age);
        }
        int purged = dead.purge(database, age, atMost);
        return purged + uniques.purge(database, atMost - purged);
    }

    @Override
    public List<JobCount> counts() {
        return database.inTransaction(claims::counts);
    }

    @Override
    public void addListener(Consumer<String> listener) {
        wakeUps.add(listener);
    }

    @Override
    public void removeListener(Consumer<String> listener) {
        wakeUps.remove(listener);
    }

    /** Tells the listeners of a name, of this process and of others, once the handle's transaction has committed. */
    public void wake(Handle handle, String name) {
        announce(handle, name);
    }

    private void announce(Handle handle, Collection<NewJob> jobs) {
        jobs.stream()
                .filter(job -> job.delay().isZero())
                .map(NewJob::queue)
                .distinct()
                .forEach(queue -> announce(handle, queue));
    }

    /** Without a transaction of the caller's the job is committed already. */
    private void announce(Handle handle, String queue) {
        if (handle.isInTransaction()) {
            Database.afterCommit(handle, () -> wakeUps.raise(queue));
        } else {
            wakeUps.raise(queue);
        }
    }

    /** A step that talks to the driver itself. */
    @FunctionalInterface
    interface Step<T> {
        T on(Handle handle) throws SQLException;
    }
}
