// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.outbox;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.outbox.EventType;
import dev.mobilebackend.jobs.outbox.NewEvent;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import dev.mobilebackend.jobs.outbox.jdbi.Inbox;
import dev.mobilebackend.jobs.outbox.jdbi.Outbox;
import dev.mobilebackend.jobs.outbox.jdbi.OutboxRelay;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.fake.FakeEventSender;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that publish in any interleaving, commit out of order, roll back or lose their connection, with relays
 * that look in between and lose answers, refuse or die: what committed arrives, in the order of the commits of its
 * subject, and nothing else.
 */
class OutboxLawsTest {

    @EventType("moved")
    record Moved(String by) {}

    private static final int STEPS = 40;
    private static final List<String> SUBJECTS = List.of("s0", "s1", "s2");
    private static final List<Site> SITES = new ArrayList<>();

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void onPostgresWhatCommitsArrivesInTheOrderOfItsSubject(@ForAll long seed) throws Exception {
        run(Dialect.POSTGRESQL, new Random(seed));
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void onH2WhatCommitsArrivesInTheOrderOfItsSubject(@ForAll long seed) throws Exception {
        run(Dialect.H2, new Random(seed));
    }

    @AfterContainer
    static void stop() {
        SITES.forEach(site -> site.test.close());
        SITES.clear();
    }

    private static void run(Dialect dialect, Random random) throws Exception {
        Site site = SITES.stream()
                .filter(known -> known.dialect == dialect)
                .findFirst()
                .orElseGet(() -> new Site(dialect));
        site.clear();
        var story = new Story(site, random);
        try {
            for (int step = 0; step < STEPS; step++) {
                story.step();
            }
            story.end();
        } finally {
            story.close();
        }
        story.check();
    }

    /** A database, which tries take one after the other. */
    private static final class Site {

        private final Dialect dialect;
        private final TestDatabase test;
        private final Database database;

        Site(Dialect dialect) {
            this.dialect = dialect;
            this.test = TestDatabase.of(dialect);
            this.database = test.database();
            Schema.install(database, JdbiJobStore.SCHEMA, Outbox.SCHEMA);
            database.useTransaction(handle -> {
                handle.execute("CREATE TABLE truth (subject varchar(10) PRIMARY KEY, version integer NOT NULL)");
                SUBJECTS.forEach(subject -> handle.execute("INSERT INTO truth VALUES (?, 0)", subject));
            });
            SITES.add(this);
        }

        void clear() {
            database.useTransaction(handle -> {
                handle.execute("UPDATE truth SET version = 0");
                handle.execute("DELETE FROM mb_inbox");
                handle.execute("UPDATE mb_outbox_relay SET owner = 0, lease_until = '2000-01-01 00:00:00+00'");
            });
        }
    }

    /** A transaction, on a thread of its own: it may wait for another. */
    private static final class Writer {

        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Map<String, List<String>> published = new TreeMap<>();
        private final List<String> unordered = new ArrayList<>();
        private @Nullable Handle handle;
        private @Nullable Future<?> waits;
        private int last;
        private boolean failed;
    }

    private static final class Story {

        private final Site site;
        private final Random random;
        private final TestClock clock = new TestClock();
        private final FakeEventSender broker = new FakeEventSender();
        private final Outbox outbox;
        private final List<Writer> open = new ArrayList<>();
        private final Map<String, Writer> holders = new HashMap<>();
        private final Map<String, Writer> waiters = new HashMap<>();
        private final Map<String, TreeMap<Integer, List<String>>> committed = new TreeMap<>();
        private final Set<String> unordered = new TreeSet<>();
        private OutboxRelay relay;

        Story(Site site, Random random) {
            this.site = site;
            this.random = random;
            this.outbox = Outbox.of(site.database, JdbiJobStore.of(site.database, clock), "/law", clock);
            this.relay = relay();
        }

        void step() throws Exception {
            switch (random.nextInt(8)) {
                case 0 -> begin();
                case 1, 2, 3 -> publish();
                case 4, 5 -> finish(random.nextInt(3));
                case 6 -> look();
                default -> clock.advance(Duration.ofSeconds(random.nextInt(10)));
            }
        }

        private void begin() throws Exception {
            if (open.size() < 3) {
                var writer = new Writer();
                open.add(writer);
                writer.thread
                        .submit(() -> {
                            Handle handle = site.database.jdbi().open();
                            handle.begin();
                            writer.handle = handle;
                        })
                        .get();
            }
        }

        /** Each takes its subjects in their order, so that none waits in a circle. */
        private void publish() throws Exception {
            Writer writer = free();
            if (writer == null) {
                return;
            }
            int choice = writer.last + random.nextInt(SUBJECTS.size() + 1 - writer.last);
            if (choice == SUBJECTS.size()) {
                writer.thread
                        .submit(() -> writer.unordered.add(
                                outbox.publish(requireNonNull(writer.handle), NewEvent.of("law", new Moved("-")))))
                        .get();
                return;
            }
            writer.last = choice;
            String subject = SUBJECTS.get(choice);
            Writer holder = holders.get(subject);
            if (holder != null && holder != writer && waiters.containsKey(subject)) {
                return;
            }
            Future<?> publishing = writer.thread.submit(() -> {
                NewEvent event = NewEvent.of("law", new Moved("+")).subject(subject);
                writer.published
                        .computeIfAbsent(subject, none -> new ArrayList<>())
                        .add(outbox.publish(requireNonNull(writer.handle), event));
            });
            if (holder == null || holder == writer) {
                publishing.get();
                holders.put(subject, writer);
            } else {
                writer.waits = publishing;
                waiters.put(subject, writer);
            }
        }

        /** One that does not wait, or should have waited and did not. */
        private @Nullable Writer free() {
            List<Writer> free = open.stream()
                    .filter(writer -> writer.waits == null || writer.waits.isDone())
                    .toList();
            return free.isEmpty() ? null : free.get(random.nextInt(free.size()));
        }

        /** Commits, rolls back or loses the connection. */
        private void finish(int how) throws Exception {
            Writer writer = free();
            if (writer == null) {
                return;
            }
            writer.thread.submit(() -> finish(writer, writer.failed ? 1 : how)).get();
            writer.thread.shutdown();
            open.remove(writer);
            waiters.values().remove(writer);
            for (String subject : SUBJECTS) {
                if (holders.remove(subject, writer)) {
                    Writer next = waiters.remove(subject);
                    if (next != null) {
                        holders.put(subject, next);
                        await(next);
                    }
                }
            }
        }

        private static void await(Writer next) throws InterruptedException {
            try {
                requireNonNull(next.waits).get();
            } catch (ExecutionException timeout) {
                next.failed = true;
            }
            next.waits = null;
        }

        private Void finish(Writer writer, int how) throws SQLException {
            Handle handle = requireNonNull(writer.handle);
            if (how == 0) {
                Map<String, Integer> versions = new TreeMap<>();
                writer.published.keySet().forEach(subject -> versions.put(subject, version(handle, subject)));
                handle.commit();
                synchronized (committed) {
                    versions.forEach((subject, version) -> committed
                            .computeIfAbsent(subject, none -> new TreeMap<>())
                            .put(version, requireNonNull(writer.published.get(subject))));
                    unordered.addAll(writer.unordered);
                }
                handle.close();
            } else if (how == 1 || site.dialect == Dialect.H2) {
                handle.rollback();
                handle.close();
            } else {
                handle.getConnection().abort(Runnable::run);
                assertThrows(RuntimeException.class, handle::commit);
            }
            return null;
        }

        /** Which commit of its subject this will be: the row is locked until then. */
        private static int version(Handle handle, String subject) {
            handle.execute("UPDATE truth SET version = version + 1 WHERE subject = ?", subject);
            return handle.createQuery("SELECT version FROM truth WHERE subject = :subject")
                    .bind("subject", subject)
                    .mapTo(Integer.class)
                    .one();
        }

        private void look() {
            int trouble = random.nextInt(6);
            int which = random.nextInt(3);
            switch (trouble) {
                case 0 -> broker.refuse(event -> event.id().hashCode() % 3 == which);
                case 1 -> broker.fail(event -> event.id().hashCode() % 3 == which);
                case 2 -> broker.loseAnswer(event -> event.id().hashCode() % 3 == which);
                case 3 -> {
                    relay = relay();
                    clock.advance(Duration.ofSeconds(6));
                }
                default -> broker.recover();
            }
            relay.relayDue();
            broker.recover();
        }

        private OutboxRelay relay() {
            return OutboxRelay.builder(outbox, broker)
                    .batch(1 + random.nextInt(10))
                    .build();
        }

        void end() throws Exception {
            while (!open.isEmpty()) {
                finish(0);
            }
            for (int look = 0; look < 100 && outbox.state().waiting() > 0; look++) {
                clock.advance(Duration.ofMinutes(5));
                relay.relayDue();
            }
        }

        void close() {
            open.forEach(writer -> writer.thread.shutdownNow());
        }

        void check() {
            List<OutboxEvent> arrived = doneOnce();
            Map<String, List<String>> bySubject = new TreeMap<>();
            Set<String> others = new TreeSet<>();
            for (OutboxEvent event : arrived) {
                String subject = event.subject();
                if (subject == null) {
                    others.add(event.id());
                } else {
                    bySubject
                            .computeIfAbsent(subject, none -> new ArrayList<>())
                            .add(event.id());
                }
            }
            Map<String, List<String>> expected = new TreeMap<>();
            committed.forEach((subject, versions) -> expected.put(
                    subject, versions.values().stream().flatMap(List::stream).toList()));

            assertEquals(expected, bySubject);
            assertEquals(unordered, others);
            assertEquals(0, outbox.state().waiting());
        }

        private List<OutboxEvent> doneOnce() {
            Inbox inbox = Inbox.of(site.database, clock);
            var done = new ArrayList<OutboxEvent>();
            broker.received()
                    .forEach(event -> site.database.useTransaction(
                            handle -> inbox.once(handle, "law", event.id(), () -> done.add(event))));
            return done;
        }
    }
}
