// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.PostgresChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wake-ups by NOTIFY, on a connection of their own after the commit: within the transaction that enqueues, a lock over
 * the whole database's notifications would keep commits from being flushed together. The first goes out at once, and
 * what comes in the next hundredth of a second goes out together.
 */
final class PostgresRelay implements WakeUps.Relay {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresRelay.class);
    private static final String CHANNEL = "mb_job";
    private static final Duration APART = Duration.ofMillis(10);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LOOKS_A_CHECK = 10;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Database database;
    private final String self = Long.toHexString(Ambient.random().nextLong());
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean telling = new AtomicBoolean();

    /** A thread only while there is something to tell. */
    private final ThreadPoolExecutor teller = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), Ambient.threads("jobs-notify"));

    private @Nullable Ear ear;

    PostgresRelay(Database database) {
        this.database = database;
    }

    @Override
    public void tell(String queue) {
        if (waiting.add(queue)) {
            begin();
        }
    }

    @Override
    public synchronized void hear(Consumer<String> ears) {
        ear = new Ear(ears);
        Ambient.threads("jobs-listen").newThread(ear).start();
    }

    @Override
    public synchronized void stop() {
        if (ear != null) {
            ear.stopped = true;
            ear = null;
        }
    }

    private void begin() {
        if (telling.compareAndSet(false, true)) {
            teller.execute(this::tellAll);
        }
    }

    private void tellAll() {
        try {
            while (!waiting.isEmpty()) {
                List<String> queues = new ArrayList<>(waiting);
                queues.forEach(waiting::remove);
                OneStatement.run(database, handle -> notify(handle, queues));
                LockSupport.parkNanos(APART.toNanos());
            }
        } catch (RuntimeException failed) {
            LOG.warn("other processes were not told of new jobs; they look for themselves within a second", failed);
        } finally {
            telling.set(false);
        }
        if (!waiting.isEmpty()) {
            begin();
        }
    }

    /** Nothing is written that a crash could lose, so nobody waits for the disk. */
    private int notify(Handle handle, List<String> queues) {
        return handle.createQuery(
                        "SELECT pg_notify('" + CHANNEL + "', word), set_config('synchronous_commit', 'off', true)"
                                + " FROM unnest(:words) AS w (word)")
                .bindArray(
                        "words",
                        String.class,
                        queues.stream().map(queue -> queue + " " + self).toList())
                .mapTo(String.class)
                .list()
                .size();
    }

    /** Hears what other processes tell, until it is stopped. */
    private final class Ear implements Runnable {

        private final Consumer<String> ears;
        private volatile boolean stopped;

        Ear(Consumer<String> ears) {
            this.ears = ears;
        }

        @Override
        public void run() {
            Duration pause = Duration.ofSeconds(1);
            while (!stopped) {
                try (var channel = new PostgresChannel(database, CHANNEL)) {
                    while (!stopped) {
                        channel.listen();
                        pause = Duration.ofSeconds(1);
                        for (int look = 0; look < LOOKS_A_CHECK && !stopped; look++) {
                            hear(channel);
                        }
                    }
                } catch (RuntimeException broken) {
                    if (stopped) {
                        return;
                    }
                    LOG.warn("cannot hear of new jobs of other processes; it is tried again in {}", pause, broken);
                    LockSupport.parkNanos(pause.toNanos());
                    pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        }

        private void hear(PostgresChannel channel) {
            for (String word : channel.await(LOOK)) {
                int end = word.indexOf(' ');
                if (end > 0 && !word.endsWith(self)) {
                    ears.accept(word.substring(0, end));
                }
            }
        }
    }
}
