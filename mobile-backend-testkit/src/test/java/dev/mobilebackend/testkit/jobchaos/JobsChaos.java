// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Unique;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.jobchaos.ChaosWorker.Effect;
import dev.mobilebackend.testkit.jobchaos.ChaosWorker.Plain;
import dev.mobilebackend.testkit.network.NetworkProxy;
import dev.mobilebackend.testkit.network.NetworkProxy.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jdbi.v3.core.JdbiException;

/**
 * Jobs in three worker processes, one of which is struck again and again by the plan of a seed, always while it has a job
 * under way. In the end the ledger is audited. What a fault hits in detail is up to the machine; the plan is not.
 */
final class JobsChaos implements AutoCloseable {

    private static final int WORKERS = 3;
    private static final int LANES = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration GLANCE = Duration.ofMillis(5);
    private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    private static final List<String> WRONG = List.of("+3600", "-3600");
    private static final List<String> ZONES = List.of("UTC", "Asia/Kolkata", "America/St_Johns");

    /** What befalls the workers or their database. */
    enum Fault {
        KILL,
        PAUSE,
        LOSE_COMMIT,
        REFUSE_COMMIT,
        TERMINATE_BACKENDS,
        CRASH_DATABASE
    }

    private final long seed;
    private final boolean wrongClocks;
    private final Random random;
    private final Consumer<String> progress;
    private final CrashedPostgres server = new CrashedPostgres();
    private final NetworkProxy network = NetworkProxy.to(URI.create("tcp://127.0.0.1:" + server.port()));
    private final HikariDataSource pool = new HikariDataSource();
    private final Database database;
    private final JdbiJobStore store;
    private final JobsLedger ledger;
    private final Path logs;
    private final List<Process> workers = new ArrayList<>();
    private final Map<Fault, Integer> befell = new EnumMap<>(Fault.class);
    private int started;
    private int numbers;

    /**
     * @param wrongClocks whether one of the workers has a clock that is wrong by an hour, now before and now behind: it
     *     takes half a minute to start with that, and libfaketime
     */
    JobsChaos(long seed, boolean wrongClocks, Consumer<String> progress) {
        this.seed = seed;
        this.wrongClocks = wrongClocks && clocksCanBeWrong();
        this.random = new Random(seed);
        this.progress = progress;
        pool.setJdbcUrl(server.jdbcUrl(server.port()));
        pool.setUsername(CrashedPostgres.USER);
        pool.setMaximumPoolSize(4);
        this.database = Database.of(pool);
        Schema.install(database, JdbiJobStore.SCHEMA);
        database.useTransaction(handle -> handle.execute(JobsLedger.TABLES));
        this.store = JdbiJobStore.of(database);
        this.ledger = new JobsLedger(database);
        try {
            this.logs = Files.createTempDirectory("jobs-chaos-logs");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What PostgreSQL says of how it keeps commits. */
    String durability() {
        return "fsync " + show("fsync") + ", synchronous_commit " + show("synchronous_commit");
    }

    private String show(String setting) {
        return database.withHandle(handle ->
                handle.createQuery("SHOW " + setting).mapTo(String.class).one());
    }

    /** Whether libfaketime is here; otherwise only the workers' time zones differ. */
    static boolean clocksCanBeWrong() {
        return Files.exists(FAKETIME);
    }

    Map<Fault, Integer> befell() {
        return befell;
    }

    JobsLedger ledger() {
        return ledger;
    }

    Path logs() {
        return logs;
    }

    /**
     * Runs so many jobs under so many SIGKILLs, and other faults among them.
     *
     * @return what must not be
     */
    List<String> run(int jobs, int kills) {
        List<Fault> plan = plan(kills);
        for (int i = 0; i < WORKERS; i++) {
            workers.add(startWorker(i));
        }
        int told = Math.max(1, plan.size() / 20);
        for (int step = 0; step < plan.size(); step++) {
            enqueue(share(jobs, step, plan.size()));
            strike(plan.get(step));
            befell.merge(plan.get(step), 1, Integer::sum);
            if ((step + 1) % told == 0 || step + 1 == plan.size()) {
                progress.accept((step + 1) + " of " + plan.size() + " faults, the last a "
                        + plan.get(step).name().toLowerCase(Locale.ROOT) + ", " + numbers + " jobs enqueued");
            }
        }
        boolean drained = await(() -> store.counts().isEmpty());
        var found = new ArrayList<String>();
        if (!drained) {
            found.add("left: " + store.counts() + " after " + PATIENCE);
        }
        found.addAll(ledger.audit());
        return found;
    }

    /** The kills, and one other fault for each ten of them, of each kind at least one. */
    private List<Fault> plan(int kills) {
        var others = List.of(
                Fault.PAUSE, Fault.LOSE_COMMIT, Fault.REFUSE_COMMIT, Fault.TERMINATE_BACKENDS, Fault.CRASH_DATABASE);
        var plan = new ArrayList<Fault>();
        for (int i = 0; i < kills; i++) {
            plan.add(Fault.KILL);
        }
        for (int i = 0; i < Math.max(others.size(), kills / 4); i++) {
            plan.add(random.nextInt(plan.size() + 1), others.get(i % others.size()));
        }
        return plan;
    }

    private static int share(int jobs, int step, int steps) {
        return (int) ((long) jobs * (step + 1) / steps - (long) jobs * step / steps);
    }

    private void enqueue(int jobs) {
        for (int i = 0; i < jobs; i++) {
            int number = ++numbers;
            switch (random.nextInt(10)) {
                case 0 -> neverCommit(number);
                case 1, 2, 3 -> add(number, NewJob.of(new Plain(number)), false, null);
                case 4 -> {
                    NewJob once = NewJob.of(new Effect(number)).unique(Unique.within("job " + number, PATIENCE));
                    add(number, once, true, null);
                    store.enqueue(once);
                }
                case 5, 6 -> {
                    String lane = "lane " + random.nextInt(LANES);
                    add(
                            number,
                            NewJob.of(new Effect(number))
                                    .queue(ChaosWorker.ORDERED)
                                    .inOrder(lane),
                            true,
                            lane);
                }
                case 7 -> add(number, NewJob.of(new Effect(number)).queue(ChaosWorker.IN_CLAIM), true, null);
                case 8 -> add(number, NewJob.of(new Effect(number)).after(Duration.ofMillis(300)), true, null);
                default -> add(number, NewJob.of(new Effect(number)), true, null);
            }
        }
    }

    private void add(int number, NewJob job, boolean transactional, String lane) {
        database.useTransaction(handle -> {
            JobsLedger.ask(handle, number, transactional, lane);
            store.enqueue(handle, job);
        });
    }

    private void neverCommit(int number) {
        database.useTransaction(handle -> {
            store.enqueue(handle, new Effect(number));
            handle.rollback();
        });
    }

    private void strike(Fault fault) {
        switch (fault) {
            case KILL -> kill(busyWorker());
            case PAUSE -> pause(busyWorker());
            case LOSE_COMMIT -> cut(Moment.AFTER);
            case REFUSE_COMMIT -> cut(Moment.BEFORE);
            case TERMINATE_BACKENDS -> {
                busyWorker();
                database.useTransaction(handle -> handle.createQuery(
                                "SELECT count(pg_terminate_backend(pid))"
                                        + " FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
                        .mapTo(Integer.class)
                        .one());
                reconnect();
            }
            case CRASH_DATABASE -> {
                busyWorker();
                server.crash();
                reconnect();
            }
        }
    }

    private void kill(int victim) {
        workers.get(victim).destroyForcibly().onExit().join();
        workers.set(victim, startWorker(victim));
    }

    /** Until others have ended its lease; then it goes on as if nothing had been. */
    private void pause(int victim) {
        long pid = workers.get(victim).pid();
        long owner = ledger.ownerOf(pid);
        Signals.send("STOP", pid);
        try {
            if (!await(() -> ledger.hasEnded(owner))) {
                throw new IllegalStateException("nobody ended the lease of a worker that stood still for " + PATIENCE);
            }
        } finally {
            Signals.send("CONT", pid);
        }
    }

    private void cut(Moment moment) {
        var cut = network.cutAt("COMMIT", moment);
        enqueue(1);
        if (!await(cut::isDone)) {
            throw new IllegalStateException("no worker has committed anything for " + PATIENCE);
        }
    }

    /** One that has jobs under way. */
    private int busyWorker() {
        while (!await(() -> !busy().isEmpty(), Duration.ofSeconds(1))) {
            enqueue(WORKERS);
        }
        List<Integer> busy = busy();
        return busy.isEmpty() ? busyWorker() : busy.get(random.nextInt(busy.size()));
    }

    private List<Integer> busy() {
        return IntStream.range(0, WORKERS)
                .filter(place ->
                        ledger.hasJobs(ledger.ownerOf(workers.get(place).pid())))
                .boxed()
                .toList();
    }

    /** The pool's connections are gone with their server. */
    private void reconnect() {
        if (!await(this::answers)) {
            throw new IllegalStateException("PostgreSQL did not answer for " + PATIENCE);
        }
    }

    private boolean answers() {
        try {
            for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
                database.withHandle(handle ->
                        handle.createQuery("SELECT 1").mapTo(Integer.class).one());
            }
            return true;
        } catch (JdbiException away) {
            return false;
        }
    }

    private Process startWorker(int place) {
        started++;
        var command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx128m",
                "-Duser.timezone=" + ZONES.get(place),
                "-cp",
                System.getProperty("java.class.path"),
                ChaosWorker.class.getName(),
                server.jdbcUrl(network.uri().getPort()) + "?prepareThreshold=0");
        if (wrongClocks && place == 0) {
            command.environment()
                    .putAll(Map.of(
                            "LD_PRELOAD",
                            FAKETIME.toString(),
                            "FAKETIME",
                            WRONG.get(random.nextInt(WRONG.size())),
                            "FAKETIME_DONT_FAKE_MONOTONIC",
                            "1",
                            "DONT_FAKE_MONOTONIC",
                            "1"));
        }
        try {
            return command.redirectErrorStream(true)
                    .redirectOutput(logs.resolve("worker-" + started + ".log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("a worker did not start", failed);
        }
    }

    private static boolean await(BooleanSupplier condition) {
        return await(condition, PATIENCE);
    }

    private static boolean await(BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(GLANCE.toNanos());
        }
        return true;
    }

    @Override
    public String toString() {
        return "--seed " + seed;
    }

    @Override
    public void close() {
        workers.forEach(Process::destroyForcibly);
        workers.forEach(
                worker -> worker.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        network.close();
        pool.close();
        server.close();
    }
}
