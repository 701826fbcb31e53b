// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.refresh;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Presenter;
import dev.mobilebackend.auth.session.RefreshDecision.Rotated;
import dev.mobilebackend.auth.session.RefreshToken;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.benchmarks.Used;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Refreshes a second on a PostgreSQL that keeps every commit, beside the least that could do it: an update of one row
 * of the same table by its key, over plain JDBC, on the same pool and as many threads. Short rounds of both follow each
 * other, so that whatever disturbs the machine disturbs both; what counts is the middle of the rounds' ratios.
 */
final class RefreshBenchmark {

    private static final int THREADS = 8;
    private static final byte[] INSTALL_SECRET = new byte[32];

    /** One unit of work of one thread. */
    private interface Work {
        void once() throws SQLException;
    }

    /** What all threads do, how often a second, and how much CPU each time takes. */
    private record Side(List<Work> work, Samples aSecond, Samples micros) {

        Side() {
            this(new ArrayList<>(), new Samples(), new Samples());
        }

        List<String> row(String name) {
            return List.of(name, cell(aSecond.median()), cell(micros.median()));
        }
    }

    private final Run run;
    private final DataSource pool;
    private final Sessions sessions;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Ambient.threads("client"));
    private final Side refreshes = new Side();
    private final Side updates = new Side();

    private RefreshBenchmark(Run run, TestDatabase opened) {
        this.run = run;
        this.pool = opened.dataSource();
        this.sessions = new Sessions(
                SessionPolicy.standard(),
                JdbiSessionStore.of(opened.database()),
                new Revocations(),
                ServerSecret.of(new byte[32]),
                Ambient.random());
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(15));
        run.say("starting PostgreSQL");
        try (TestDatabase opened = TestDatabase.durablePostgres()) {
            Database database = opened.database();
            Schema.install(database, AuthSchema.TABLES);
            run.say("fsync " + show(database, "fsync") + ", synchronous_commit " + show(database, "synchronous_commit")
                    + ", wal_sync_method " + show(database, "wal_sync_method"));
            new RefreshBenchmark(run, opened).measure();
        }
    }

    private void measure() throws Exception {
        for (int i = 0; i < THREADS; i++) {
            refreshes.work().add(refreshing());
            updates.work().add(updating());
        }
        Duration round = run.quick() ? Duration.ofMillis(500) : Duration.ofSeconds(2);
        int rounds = run.quick() ? 4 : 30;
        // A compiler that shares two processors with a database takes its time.
        Duration warmUp = run.quick() ? Duration.ofSeconds(1) : Duration.ofSeconds(90);
        run.say("warming up for " + 2 * warmUp.toSeconds() + " s");
        round(new Side(refreshes.work(), new Samples(), new Samples()), warmUp);
        round(new Side(updates.work(), new Samples(), new Samples()), warmUp);
        var ratios = new Samples();
        for (int i = 0; i < rounds; i++) {
            boolean refreshFirst = i % 2 == 0;
            double first = round(refreshFirst ? refreshes : updates, round);
            double second = round(refreshFirst ? updates : refreshes, round);
            ratios.add(100 * (refreshFirst ? first / second : second / first));
            if ((i + 1) % 5 == 0) {
                run.say((i + 1) + " of " + rounds + " rounds, so far " + cell(ratios.median()) + " %");
            }
        }
        threads.shutdown();
        run.table(
                List.of(THREADS + " threads", "a second, median", "us of CPU each, in this JVM"),
                List.of(updates.row("update of one row, plain JDBC"), refreshes.row("refresh")));
        run.found(Figure.atLeast("refresh", ratios.median(), "% of one-row updates a second", 80));
    }

    /** How often a second all threads together did it. */
    private double round(Side side, Duration length) throws InterruptedException, ExecutionException {
        Used before = Used.now();
        long end = System.nanoTime() + length.toNanos();
        var running = new ArrayList<Future<Integer>>();
        for (Work each : side.work()) {
            running.add(threads.submit(() -> {
                int times = 0;
                while (System.nanoTime() < end) {
                    each.once();
                    times++;
                }
                return times;
            }));
        }
        int times = 0;
        for (Future<Integer> each : running) {
            times += each.get();
        }
        side.micros().add(Used.now().since(before).nanos() / 1e3 / times);
        double aSecond = times / (length.toNanos() / 1e9);
        side.aSecond().add(aSecond);
        return aSecond;
    }

    /** A phone that refreshes again and again, with the proofs that it has to send. */
    private Work refreshing() {
        var newest = new RefreshToken[] {open()};
        return () -> {
            RotationProof proof = RotationProof.of(INSTALL_SECRET, newest[0].text());
            var presenter = new Presenter(proof, null, "1.0", null);
            var decision = sessions.refresh(
                    newest[0].text(), presenter, Ambient.clock().instant());
            newest[0] = ((Rotated) decision).token();
        };
    }

    private Work updating() {
        String id = open().sessionId();
        return () -> {
            try (Connection connection = pool.getConnection();
                    PreparedStatement update = connection.prepareStatement(
                            "UPDATE mb_auth_sessions SET counter = counter + 1 WHERE id = ?")) {
                update.setString(1, id);
                if (update.executeUpdate() != 1) {
                    throw new IllegalStateException("there is no session " + id);
                }
            }
        };
    }

    private RefreshToken open() {
        return sessions.open(
                        "ada", Device.UNKNOWN, Set.of("pwd"), Ambient.clock().instant())
                .token();
    }

    private static String cell(double number) {
        return String.format(Locale.ROOT, "%.0f", number);
    }

    private static String show(Database database, String setting) {
        return database.withHandle(handle ->
                handle.createQuery("SHOW " + setting).mapTo(String.class).one());
    }
}
