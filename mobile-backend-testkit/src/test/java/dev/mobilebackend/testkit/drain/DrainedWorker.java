// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.drain;

import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** A worker process that writes in a ledger when each job begins and ends, and drains when it is told to stop. */
final class DrainedWorker {

    @JobKind("note")
    record Note(int number) {}

    static final String TABLES = "CREATE TABLE ledger (number integer NOT NULL, what text NOT NULL);"
            + " CREATE TABLE go_on (since timestamp with time zone NOT NULL)";

    static final String TERMINATING = "terminating";

    private DrainedWorker() {}

    public static void main(String[] arguments) throws InterruptedException {
        var pool = new HikariDataSource();
        pool.setJdbcUrl(arguments[0]);
        pool.setUsername(arguments[1]);
        pool.setPassword(arguments[2]);
        pool.setMaximumPoolSize(12);
        Database database = Database.of(pool);
        Worker worker = worker(database, JdbiJobStore.of(database));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println(TERMINATING);
            worker.close();
        }));
        worker.start();
        new CountDownLatch(1).await();
    }

    static Worker worker(Database database, JdbiJobStore store) {
        JobHandler<Note> handler = (note, context) -> {
            write(database, note.number(), "begun");
            while (!mayGoOn(database)) {
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
            write(database, note.number(), "ended");
        };
        return Worker.builder(store).handle(Note.class, handler).build();
    }

    private static void write(Database database, int number, String what) {
        database.useTransaction(handle -> handle.execute("INSERT INTO ledger VALUES (?, ?)", number, what));
    }

    private static boolean mayGoOn(Database database) {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM go_on")
                        .mapTo(Integer.class)
                        .one()
                > 0);
    }
}
