// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.Claimed;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.Pulse;
import dev.mobilebackend.jobs.QueueLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/**
 * Claiming and finishing. A claim moves due jobs from {@code mb_jobs_waiting} into one row of {@code mb_jobs_claimed}; the
 * row goes when all of its jobs have ended. A job that waits again, or is dead, is inserted anew in the commit that ends
 * it. What this process has claimed is kept in memory too, so that ending it reads nothing.
 */
final class Claims {

    /** The batch of a job that runs in the transaction which claims it. */
    static final long RUN_IN_CLAIM = 0;

    /** How long a job waits for somebody else's transaction before it looks again. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Database database;
    private final SqlTime time;
    private final Claiming claiming;
    private final Waiting waiting;
    private final JobMarks marks;
    private final DeadJobs dead;
    private final Lanes lanes;
    private final UniqueJobs uniques;
    private final Endings endings;
    private final CancelRows cancels;
    private final PayloadSeal seal;
    private final Map<Long, Batch> held = new ConcurrentHashMap<>();
    private final Map<Long, StoredJob> runInClaim = new ConcurrentHashMap<>();

    /** The queues in which the last look found jobs with a key. */
    private final Set<String> keyed = ConcurrentHashMap.newKeySet();

    Claims(
            Database database,
            SqlTime time,
            Claiming claiming,
            Waiting waiting,
            JobMarks marks,
            DeadJobs dead,
            Lanes lanes,
            UniqueJobs uniques,
            Endings endings,
            CancelRows cancels,
            PayloadSeal seal) {
        this.database = database;
        this.time = time;
        this.claiming = claiming;
        this.waiting = waiting;
        this.marks = marks;
        this.dead = dead;
        this.lanes = lanes;
        this.uniques = uniques;
        this.endings = endings;
        this.cancels = cancels;
        this.seal = seal;
    }

    /** What a turn came to, to be remembered once it is committed. */
    private record Turn(List<Batch> ended, @Nullable Batch claimed, boolean keyed, boolean limited) {}

    Claimed finishAndClaim(long owner, List<JobOutcome> outcomes, String queue, int limit, QueueLimits limits) {
        if (!limits.none() || keyed.contains(queue)) {
            return remember(
                    queue, limits, step(false, handle -> byTurns(handle, owner, outcomes, queue, limit, limits)));
        }
        Turn turn = step(isOneStatement(outcomes), handle -> {
            List<Batch> ended = end(handle, outcomes);
            Claiming.Found found = claiming.finishAndClaim(handle, owner, whole(ended), part(ended), queue, limit);
            return new Turn(ended, found.batch(), found.keyed(), false);
        });
        Claimed first = remember(queue, limits, turn);
        int left = limit - first.jobs().size();
        if (!turn.keyed || left == 0) {
            return first;
        }
        Claimed rest = finishAndClaim(owner, List.of(), queue, left, limits);
        List<ClaimedJob> all = new ArrayList<>(first.jobs());
        all.addAll(rest.jobs());
        return new Claimed(all, rest.byTurns(), rest.counted(), rest.again());
    }

    private Turn byTurns(
            Handle handle, long owner, List<JobOutcome> outcomes, String queue, int limit, QueueLimits limits)
            throws SQLException {
        List<Batch> ended = end(handle, outcomes);
        claiming.finish(handle, owner, whole(ended), part(ended));
        if (limit == 0) {
            return new Turn(ended, null, true, false);
        }
        Lanes.Taken taken = lanes.take(handle, owner, queue, limit, limits);
        if (taken.jobs().isEmpty()) {
            return new Turn(ended, null, taken.keyed(), taken.limited());
        }
        Batch batch = claiming.keep(handle, owner, queue, taken.jobs());
        return new Turn(ended, lanes.note(handle, batch, queue, limits), taken.keyed(), taken.limited());
    }

    private static List<Long> whole(List<Batch> ended) {
        return ended.stream().filter(Batch::whole).map(Batch::id).toList();
    }

    private static List<Batch> part(List<Batch> ended) {
        return ended.stream().filter(batch -> !batch.whole()).toList();
    }

    private Claimed remember(String queue, QueueLimits limits, Turn turn) {
        turn.ended.forEach(batch -> {
            if (batch.whole()) {
                held.remove(batch.id());
            } else {
                held.put(batch.id(), batch);
            }
        });
        if (turn.keyed) {
            keyed.add(queue);
        } else {
            keyed.remove(queue);
        }
        Duration again = turn.limited ? Starts.slotOf(limits.window()) : null;
        Batch claimed = turn.claimed;
        if (claimed == null) {
            return new Claimed(List.of(), turn.keyed, false, again);
        }
        held.put(claimed.id(), claimed);
        Set<StoredJob> later = claimed.anyTied() ? putOff(claimed, queue) : Set.of();
        List<ClaimedJob> jobs = claimed.jobs().stream()
                .filter(job -> !later.contains(job))
                .map(job -> job.claimed(claimed.id(), claimed.owner(), seal))
                .toList();
        return new Claimed(jobs, turn.keyed, claimed.counted(), again);
    }

    private boolean isOneStatement(List<JobOutcome> outcomes) {
        return outcomes.stream().allMatch(JobOutcome.Done.class::isInstance)
                && outcomes.stream()
                        .map(outcome -> outcome.claim().batch())
                        .distinct()
                        .map(held::get)
                        .allMatch(batch -> batch != null && !batch.anyTied() && !batch.counted());
    }

    /** Jobs that must not begin yet wait a little longer. */
    private Set<StoredJob> putOff(Batch claimed, String queue) {
        Set<StoredJob> busy = Set.copyOf(step(false, handle -> uniques.claimed(handle, claimed.jobs())));
        if (!busy.isEmpty()) {
            List<JobOutcome> later = busy.stream()
                    .<JobOutcome>map(job -> new JobOutcome.Snoozed(job.claim(claimed.id(), claimed.owner()), MOMENT))
                    .toList();
            finishAndClaim(claimed.owner(), later, queue, 0, QueueLimits.NONE);
        }
        return busy;
    }

    /** For a job that has marked itself as ended in this transaction. */
    void settle(Handle handle, Claim claim) {
        endings.settle(handle, find(handle, claim).stream().toList(), Endings.How.DONE);
    }

    /** The job of a claim; empty if the claim is lost. */
    Optional<StoredJob> find(Handle handle, Claim claim) {
        if (claim.batch() == RUN_IN_CLAIM) {
            return Optional.ofNullable(runInClaim.get(claim.job()));
        }
        @Nullable Batch known = held.get(claim.batch());
        try {
            List<Batch> batches = known == null ? claiming.load(handle, List.of(claim.batch())) : List.of(known);
            return batches.stream()
                    .filter(batch -> batch.owner() == claim.owner())
                    .flatMap(batch -> batch.job(claim.job()).stream())
                    .findFirst();
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        }
    }

    Pulse beat(long owner, Duration lease, Set<String> queues) {
        Pulse pulse = step(true, handle -> claiming.beat(handle, owner, lease, queues));
        if (!pulse.cancelled().isEmpty()) {
            step(false, cancels::sweep);
        }
        if (!pulse.alive()) {
            forget(owner);
        }
        return pulse;
    }

    void forget(long owner) {
        held.values().removeIf(batch -> batch.owner() == owner);
    }

    int runInClaim(long owner, String queue, int limit, Function<ClaimedJob, JobOutcome> run) {
        try {
            return inOneTransaction(owner, queue, limit, run);
        } catch (JobNotDone one) {
            return oneByOne(owner, queue, one.size, run);
        }
    }

    /** The unended jobs of the owner's batches. */
    List<Claim> of(long owner, String queue) {
        return step(false, handle -> {
            List<Long> ids = handle.createQuery(
                            "SELECT id FROM mb_jobs_claimed WHERE owner = :owner AND queue = :queue")
                    .bind("owner", owner)
                    .bind("queue", queue)
                    .mapTo(Long.class)
                    .list();
            Set<JobMarks.Place> endedByThemselves = marks.places(handle, ids, true);
            return claiming.load(handle, ids).stream()
                    .flatMap(batch -> batch.left().stream()
                            .filter(job -> !endedByThemselves.contains(new JobMarks.Place(batch.id(), job.id())))
                            .map(job -> job.claim(batch.id(), owner)))
                    .toList();
        });
    }

    List<JobCount> counts(Handle handle) {
        var counts = new TreeMap<String, Map<JobState, Long>>();
        count(handle, "mb_jobs_waiting", JobState.WAITING, counts);
        count(handle, "mb_jobs_dead", JobState.DEAD, counts);
        List<Long> ids = handle.createQuery("SELECT id FROM mb_jobs_claimed")
                .mapTo(Long.class)
                .list();
        Set<JobMarks.Place> endedByThemselves = marks.places(handle, ids, true);
        try {
            claiming.load(handle, ids).stream()
                    .flatMap(batch -> batch.left().stream()
                            .filter(job -> !endedByThemselves.contains(new JobMarks.Place(batch.id(), job.id()))))
                    .forEach(job -> counts.computeIfAbsent(job.kind(), kind -> new TreeMap<>())
                            .merge(JobState.RUNNING, 1L, Long::sum));
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        }
        var all = new ArrayList<JobCount>();
        counts.forEach((kind, states) -> states.forEach((state, jobs) -> all.add(new JobCount(kind, state, jobs))));
        return all;
    }

    private static void count(Handle handle, String table, JobState state, Map<String, Map<JobState, Long>> counts) {
        handle.createQuery("SELECT kind, count(*) AS jobs FROM " + table + " GROUP BY kind")
                .map((row, context) -> new JobCount(row.getString("kind"), state, row.getLong("jobs")))
                .forEach(found -> counts.computeIfAbsent(found.kind(), kind -> new TreeMap<>())
                        .put(state, found.count()));
    }

    /** Lets jobs wait again or buries them, and says how the batches stand then. */
    private List<Batch> end(Handle handle, List<JobOutcome> outcomes) throws SQLException {
        Map<Long, Batch> batches = batches(handle, outcomes);
        var backs = new ArrayList<Waiting.PutBack>();
        var burials = new ArrayList<DeadJobs.Burial>();
        var done = new ArrayList<StoredJob>();
        var cancelled = new ArrayList<StoredJob>();
        var ended = new HashMap<Long, Set<Long>>();
        for (JobOutcome outcome : outcomes) {
            Claim claim = outcome.claim();
            @Nullable Batch batch = batches.get(claim.batch());
            if (batch == null || batch.owner() != claim.owner()) {
                continue;
            }
            ended.computeIfAbsent(batch.id(), id -> new HashSet<>()).add(claim.job());
            boolean untied = outcome instanceof JobOutcome.Done && !batch.anyTied();
            if (untied || !batch.isLeft(claim.job())) {
                continue;
            }
            StoredJob job = batch.job(claim.job()).orElseThrow();
            if ((outcome instanceof JobOutcome.Done && !job.tied()) || !marks.end(handle, claim)) {
                continue;
            }
            conclude(job, outcome, backs, burials, done, cancelled);
        }
        waiting.putBack(handle, backs);
        dead.add(handle, burials);
        endings.settle(handle, done, burials, cancelled);
        cancels.forget(handle, cancelled.stream().map(StoredJob::id).toList());
        var now = new ArrayList<Batch>();
        ended.forEach((id, jobs) -> {
            Batch batch = requireNonNull(batches.get(id));
            if (batch.counted()) {
                Lanes.release(handle, id, jobs);
            }
            now.add(batch.with(jobs));
        });
        return now;
    }

    /** From memory where this process claimed them; those of another store instance are read. */
    private Map<Long, Batch> batches(Handle handle, List<JobOutcome> outcomes) throws SQLException {
        Set<Long> ids =
                outcomes.stream().map(outcome -> outcome.claim().batch()).collect(toSet());
        var batches = new HashMap<Long, Batch>();
        var unknown = new ArrayList<Long>();
        for (Long id : ids) {
            Batch known = held.get(id);
            if (known == null) {
                unknown.add(id);
            } else {
                batches.put(id, known);
            }
        }
        if (!unknown.isEmpty()) {
            batches.putAll(claiming.load(handle, unknown).stream().collect(toMap(Batch::id, batch -> batch)));
        }
        return batches;
    }

    private int inOneTransaction(long owner, String queue, int limit, Function<ClaimedJob, JobOutcome> run) {
        try {
            return once(handle -> {
                List<StoredJob> taken = claiming.keys(handle, queue, "", 1).isEmpty()
                        ? claiming.take(handle, owner, queue, limit)
                        : lanes.take(handle, owner, queue, limit, QueueLimits.NONE)
                                .jobs();
                List<StoredJob> later = uniques.claimed(handle, taken);
                waiting.putBack(
                        handle,
                        later.stream()
                                .map(job -> new Waiting.PutBack(job, MOMENT, job.attempt(), job.rescued(), null))
                                .toList());
                List<StoredJob> jobs =
                        taken.stream().filter(job -> !later.contains(job)).toList();
                for (StoredJob job : jobs) {
                    runInClaim.put(job.id(), job);
                    JobOutcome outcome = run.apply(job.claimed(RUN_IN_CLAIM, owner, seal));
                    runInClaim.remove(job.id());
                    if (!(outcome instanceof JobOutcome.Done)) {
                        throw new JobNotDone(job, outcome, jobs.size());
                    }
                }
                endings.settle(handle, jobs, Endings.How.DONE);
                return jobs.size();
            });
        } catch (RuntimeException | Error rolledBack) {
            // What was taken is back, before where the next scan would begin.
            waiting.scans().putBack(queue);
            throw rolledBack;
        }
    }

    private int oneByOne(long owner, String queue, int size, Function<ClaimedJob, JobOutcome> run) {
        int runs = 0;
        while (runs < size) {
            try {
                if (inOneTransaction(owner, queue, 1, run) == 0) {
                    return runs;
                }
            } catch (JobNotDone failed) {
                conclude(failed);
            }
            runs++;
        }
        return runs;
    }

    /** The job's row is back by the rollback; it is changed only while it is as it was claimed. */
    private void conclude(JobNotDone failed) {
        StoredJob job = failed.job;
        step(false, handle -> {
            int deleted = handle.createUpdate("DELETE FROM mb_jobs_waiting WHERE id = :id AND attempt = :attempt"
                            + " AND run_at = " + time.written())
                    .bind("id", job.id())
                    .bind("attempt", job.attempt())
                    .bind("runAt", job.runAt())
                    .execute();
            if (deleted == 1) {
                var backs = new ArrayList<Waiting.PutBack>();
                var burials = new ArrayList<DeadJobs.Burial>();
                var cancelled = new ArrayList<StoredJob>();
                conclude(job, failed.outcome, backs, burials, new ArrayList<>(), cancelled);
                waiting.putBack(handle, backs);
                dead.add(handle, burials);
                endings.settle(handle, List.of(), burials, cancelled);
                cancels.forget(handle, cancelled.stream().map(StoredJob::id).toList());
            }
            return deleted;
        });
    }

    private static void conclude(
            StoredJob job,
            JobOutcome outcome,
            List<Waiting.PutBack> backs,
            List<DeadJobs.Burial> burials,
            List<StoredJob> done,
            List<StoredJob> cancelled) {
        int attempt = outcome.claim().attempt();
        if (outcome instanceof JobOutcome.Done) {
            done.add(job);
        } else if (outcome instanceof JobOutcome.Retry retry) {
            backs.add(new Waiting.PutBack(job, retry.delay(), attempt, false, retry.error()));
        } else if (outcome instanceof JobOutcome.Snoozed snoozed) {
            backs.add(new Waiting.PutBack(job, snoozed.delay(), job.attempt(), false, null));
        } else if (outcome instanceof JobOutcome.Cancelled) {
            cancelled.add(job);
        } else if (outcome instanceof JobOutcome.Dead death) {
            burials.add(new DeadJobs.Burial(job, attempt, death.error()));
        } else {
            backs.add(new Waiting.PutBack(job, null, job.attempt(), job.rescued(), null));
        }
    }

    /** A single statement is its own transaction, unless the pool's connections come without auto-commit. */
    private <T> T step(boolean oneStatement, JdbiJobStore.Step<T> work) {
        try {
            if (oneStatement && database.dialect() == Dialect.POSTGRESQL) {
                return OneStatement.<T, SQLException>run(database, work::on);
            }
            return database.<T, SQLException>inRetriedTransaction(work::on);
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        }
    }

    /** What runs jobs of the application is not done again by itself. */
    private <T> T once(JdbiJobStore.Step<T> work) {
        try {
            return database.<T, SQLException>inTransaction(work::on);
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        }
    }

    /** Carries what became of a job through the rollback of the transaction that it was claimed and run in. */
    private static final class JobNotDone extends RuntimeException {

        private static final long serialVersionUID = 1;

        final transient StoredJob job;
        final transient JobOutcome outcome;
        final int size;

        JobNotDone(StoredJob job, JobOutcome outcome, int size) {
            super("job " + job.id() + " did not succeed", null, false, false);
            this.job = job;
            this.outcome = outcome;
            this.size = size;
        }
    }
}
