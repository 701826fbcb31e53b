// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.page.PageRequest;
import dev.mobilebackend.jobs.JobsView.Line;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.drain.DrainedWorker.Note;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real worker process that is told to stop by SIGTERM while its jobs run. */
@Timeout(120)
class DrainOnSigtermTest {

    private static final int JOBS = 100;
    private static final int AT_A_TIME = 8;

    private final TestDatabase test = TestDatabase.postgres();
    private final JdbiJobStore store = JdbiJobStore.of(test.database());

    @AfterEach
    void drop() {
        test.close();
    }

    @Test
    void eachJobRunsExactlyOnceThoughItsProcessIsStoppedMeanwhile() throws Exception {
        Schema.install(test.database(), JdbiJobStore.SCHEMA);
        test.database().useTransaction(handle -> handle.createScript(DrainedWorker.TABLES)
                .execute());
        store.enqueueAll(IntStream.range(0, JOBS)
                .mapToObj(number -> NewJob.of(new Note(number)))
                .toList());
        Process process = start();
        try {
            awaitBegun();
            process.toHandle().destroy();
            String said = process.inputReader(StandardCharsets.UTF_8).readLine();
            test.database().useTransaction(handle -> handle.execute("INSERT INTO go_on VALUES (CURRENT_TIMESTAMP)"));
            boolean ended = process.waitFor(30, TimeUnit.SECONDS);

            assertEquals(DrainedWorker.TERMINATING, said);
            assertTrue(ended);
            assertEquals(143, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
        int begun = count("begun");
        List<Line> left = store.view()
                .waiting(NewJob.DEFAULT_QUEUE, new PageRequest(JOBS, List.of(), key -> ""))
                .items();
        DrainedWorker.worker(test.database(), store).runDue();

        assertEquals(begun, JOBS - left.size());
        assertEquals(List.of(0), left.stream().map(Line::attempts).distinct().toList());
        assertEquals(JOBS, count("begun"));
        assertEquals(JOBS, count("ended"));
        assertEquals(JOBS, distinct());
    }

    private Process start() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DrainedWorker.class.getName(),
                        test.jdbcUrl(),
                        test.user(),
                        test.password())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void awaitBegun() {
        while (count("begun") < AT_A_TIME) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private int count(String what) {
        return test.database().withHandle(handle -> handle.createQuery("SELECT count(*) FROM ledger WHERE what = :what")
                .bind("what", what)
                .mapTo(Integer.class)
                .one());
    }

    private int distinct() {
        return test.database().withHandle(handle -> handle.createQuery("SELECT count(DISTINCT number) FROM ledger")
                .mapTo(Integer.class)
                .one());
    }
}
