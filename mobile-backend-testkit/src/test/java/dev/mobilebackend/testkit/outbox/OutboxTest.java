// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.outbox.BlockedEvent;
import dev.mobilebackend.jobs.outbox.EventSender;
import dev.mobilebackend.jobs.outbox.EventType;
import dev.mobilebackend.jobs.outbox.NewEvent;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import dev.mobilebackend.jobs.outbox.OutboxState;
import dev.mobilebackend.jobs.outbox.jdbi.Inbox;
import dev.mobilebackend.jobs.outbox.jdbi.Outbox;
import dev.mobilebackend.jobs.outbox.jdbi.OutboxRelay;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import dev.mobilebackend.testkit.fake.FakeEventSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the transaction that publishes to the consumer that does it once. */
class OutboxTest {

    @EventType(value = "com.example.order.placed", version = 2)
    record OrderPlaced(String order) {}

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(TestDatabase::postgres);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(TestDatabase::h2);
        }
    }

    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    abstract static class OnDatabase {

        private final TestClock clock = new TestClock();
        private final FakeEventSender broker = new FakeEventSender();
        private final Supplier<TestDatabase> databases;
        private TestDatabase test;
        private Database database;
        private Outbox outbox;

        OnDatabase(Supplier<TestDatabase> databases) {
            this.databases = databases;
        }

        @BeforeEach
        void start() {
            test = databases.get();
            database = test.database();
            Schema.install(database, JdbiJobStore.SCHEMA, Outbox.SCHEMA);
            outbox = outbox(database);
        }

        @AfterEach
        void stop() {
            test.close();
        }

        @Test
        void anEventGoesOutWithAllThatItsReadersNeed() {
            String id = database.inTransaction(handle -> outbox.publish(
                    handle,
                    NewEvent.of("orders", new OrderPlaced("7"))
                            .subject("7")
                            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));

            assertEquals(1, relay().relayDue());
            assertEquals(
                    List.of(new OutboxEvent(
                            id,
                            "/shop",
                            "com.example.order.placed",
                            2,
                            "7",
                            TestClock.START,
                            "orders",
                            Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                            "{\"order\":\"7\"}")),
                    broker.received());
            assertEquals(7, UUID.fromString(id).version());
            assertEquals(new OutboxState(0, 0, Duration.ZERO), outbox.state());
        }

        @Test
        void anEventOfATransactionThatRolledBackIsNeverSent() {
            assertThrows(
                    IllegalStateException.class,
                    () -> database.useTransaction(handle -> {
                        publish(handle, "7", "placed");
                        throw new IllegalStateException("no order");
                    }));

            assertEquals(0, relay().relayDue());
            assertEquals(List.of(), broker.received());
        }

        @Test
        void anEventWhoseTransactionCommitsLateIsNotLost() {
            try (Handle late = database.jdbi().open()) {
                late.begin();
                publish(late, "late", "1");
                publish("early", "2");

                assertEquals(1, relay().relayDue());
                late.commit();
                assertEquals(1, relay().relayDue());
            }
            assertEquals(List.of("early 2", "late 1"), told());
        }

        @Test
        void eventsOfASubjectGoOutOneAfterTheOther() {
            publish("a", "1");
            publish("a", "2");
            publish("b", "3");
            publish(null, "4");
            publish(null, "5");
            var calls = new ArrayList<List<String>>();

            relay(events -> {
                        calls.add(events.stream().map(OnDatabase::tell).toList());
                        return broker.send(events);
                    })
                    .relayDue();

            assertEquals(List.of(List.of("a 1", "b 3", "null 4", "null 5"), List.of("a 2")), calls);
        }

        @Test
        void aRefusedEventHoldsUpItsOwnSubjectOnly() {
            broker.refuse(event -> event.data().contains("poison"));
            publish("a", "poison");
            publish("a", "2");
            publish("b", "3");

            relay().relayDue();

            assertEquals(List.of("b 3"), told());
            BlockedEvent blocked = outbox.blocked(10).get(0);
            assertEquals("a poison", tell(blocked.event()));
            assertEquals("the broker refused it", blocked.error());
            assertEquals(1, blocked.attempts());
            assertEquals(TestClock.START.plusSeconds(1), blocked.retryAt());
            assertEquals(new OutboxState(2, 1, Duration.ZERO), outbox.state());
        }

        @Test
        void aRefusedEventIsTriedAgainEverLaterAndGoesBeforeThoseBehindIt() {
            broker.refuse(event -> event.data().contains("poison"));
            publish("a", "poison");
            publish("a", "2");
            relay().relayDue();
            clock.advance(Duration.ofSeconds(1));
            relay().relayDue();
            assertEquals(
                    TestClock.START.plusSeconds(3), outbox.blocked(10).get(0).retryAt());
            broker.recover();

            clock.advance(Duration.ofMillis(1_999));
            assertEquals(0, relay().relayDue());
            clock.advance(Duration.ofMillis(1));
            assertEquals(2, relay().relayDue());

            assertEquals(List.of("a poison", "a 2"), told());
        }

        @Test
        void anOperatorGivesABlockedEventUpOrTriesItNow() {
            broker.refuse(event -> event.data().contains("poison"));
            publish("a", "poison");
            publish("a", "2");
            publish("b", "poison");
            relay().relayDue();
            List<BlockedEvent> blocked = outbox.blocked(10);

            assertTrue(outbox.discard(blocked.get(0).event().id()));
            assertTrue(outbox.retry(blocked.get(1).event().id()));
            broker.recover();
            relay().relayDue();

            assertEquals(List.of("a 2", "b poison"), told());
            assertFalse(outbox.discard(blocked.get(0).event().id()));
            assertFalse(outbox.retry(blocked.get(1).event().id()));
        }

        @Test
        void anEventThatBreaksTheWholeCallIsFoundOut() {
            broker.fail(event -> event.data().contains("poison"));
            publish("a", "1");
            publish("b", "poison");
            publish("c", "3");
            OutboxRelay relay = relay();

            for (int call = 0; call < 4; call++) {
                relay.relayDue();
            }

            assertEquals(List.of("a 1", "c 3"), told());
            assertEquals("b poison", tell(outbox.blocked(10).get(0).event()));
        }

        @Test
        void whileTheBrokerIsOutOfReachEventsWait() {
            broker.fail(event -> true);
            for (int i = 0; i < 10; i++) {
                publish("s" + i, "1");
            }
            OutboxRelay relay = relay();

            relay.relayDue();
            relay.relayDue();
            assertEquals(1, outbox.blocked(10).size());
            broker.recover();
            clock.advance(Duration.ofSeconds(1));
            relay.relayDue();

            assertEquals(10, broker.received().size());
            assertEquals(0, outbox.state().waiting());
        }

        @Test
        void aSecondRelaySendsNothingWhileTheFirstHoldsTheLease() {
            publish("a", "1");
            var others = new ArrayList<Integer>();
            OutboxRelay second = relay();

            relay(events -> {
                        others.add(second.relayDue());
                        return broker.send(events);
                    })
                    .relayDue();

            assertEquals(List.of(0), others);
            assertEquals(List.of("a 1"), told());
        }

        @Test
        void whatADeadRelayHasSentIsSentAgainAndDoneOnce() {
            publish("a", "1");
            publish("a", "2");
            Jdbi mortal = Jdbi.create(test.dataSource());
            OutboxRelay dying =
                    OutboxRelay.builder(outbox(Database.of(mortal)), broker).build();
            mortal.setSqlLogger(new DeathAt("DELETE FROM mb_outbox "));
            assertThrows(Death.class, dying::relayDue);

            assertEquals(0, relay().relayDue());
            clock.advance(Duration.ofSeconds(6));
            assertEquals(2, relay().relayDue());

            assertEquals(List.of("a 1", "a 2", "a 1", "a 2"), told());
            assertEquals(List.of("a 1", "a 2"), doneOnce());
        }

        @Test
        void aStartedRelayIsWokenByTheCommit() throws InterruptedException {
            var sent = new CountDownLatch(1);
            try (OutboxRelay relay = OutboxRelay.builder(outbox, events -> {
                        sent.countDown();
                        return broker.send(events);
                    })
                    .poll(Duration.ofMinutes(1))
                    .build()) {
                relay.start();
                publish("a", "1");

                sent.await();
            }
            assertEquals(List.of("a 1"), told());
            assertEquals(0, outbox.state().waiting());
        }

        @Test
        void aConsumerDoesAnEventOnceHoweverOftenItComesAtOnce() {
            Inbox inbox = Inbox.of(database, clock);
            var runs = new AtomicInteger();

            Race.of(
                    4,
                    () -> database.inTransaction(handle -> inbox.once(handle, "billing", "e1", runs::incrementAndGet)));

            assertEquals(1, runs.get());
            assertTrue(database.<Boolean, RuntimeException>inTransaction(
                    handle -> inbox.once(handle, "mail", "e1", runs::incrementAndGet)));
        }

        @Test
        void whatFailedIsDoneWhenTheEventComesAgain() {
            Inbox inbox = Inbox.of(database, clock);

            assertThrows(
                    IllegalStateException.class,
                    () -> database.useTransaction(handle -> inbox.once(handle, "billing", "e1", () -> {
                        throw new IllegalStateException("no money");
                    })));

            assertTrue(database.<Boolean, RuntimeException>inTransaction(
                    handle -> inbox.once(handle, "billing", "e1", () -> {})));
        }

        @Test
        void anInboxForgetsWhatIsOldEnough() {
            Inbox inbox = Inbox.of(database, clock);
            database.useTransaction(handle -> inbox.once(handle, "billing", "old", () -> {}));
            clock.advance(Duration.ofDays(7));
            database.useTransaction(handle -> inbox.once(handle, "billing", "new", () -> {}));
            clock.advance(Duration.ofSeconds(1));

            assertEquals(1, inbox.purge(Duration.ofDays(7), 100));

            assertFalse(database.<Boolean, RuntimeException>inTransaction(
                    handle -> inbox.once(handle, "billing", "new", () -> {})));
        }

        @Test
        void anInboxIsOfNoUseOutsideOfATransaction() {
            Inbox inbox = Inbox.of(database, clock);

            var refused = assertThrows(
                    IllegalStateException.class,
                    () -> database.withHandle(handle -> inbox.once(handle, "billing", "e1", () -> {})));

            assertTrue(refused.getMessage().contains("transaction"), refused.getMessage());
        }

        /** What a consumer with an inbox has done, in its order. */
        private List<String> doneOnce() {
            Inbox inbox = Inbox.of(database, clock);
            var done = new ArrayList<String>();
            broker.received()
                    .forEach(event -> database.useTransaction(
                            handle -> inbox.once(handle, "billing", event.id(), () -> done.add(tell(event)))));
            return done;
        }

        private void publish(String subject, String text) {
            database.useTransaction(handle -> publish(handle, subject, text));
        }

        private void publish(Handle handle, String subject, String text) {
            NewEvent event = NewEvent.of("orders", new OrderPlaced(text));
            outbox.publish(handle, subject == null ? event : event.subject(subject));
        }

        private OutboxRelay relay() {
            return relay(broker);
        }

        private OutboxRelay relay(EventSender sender) {
            return OutboxRelay.builder(outbox, sender).build();
        }

        private Outbox outbox(Database on) {
            return Outbox.of(on, JdbiJobStore.of(on, clock), "/shop", clock);
        }

        private List<String> told() {
            return broker.received().stream().map(OnDatabase::tell).toList();
        }

        private static String tell(OutboxEvent event) {
            return event.subject() + " " + event.data().replaceAll(".*:\"|\"}", "");
        }
    }

    /** The end of a process: no exception, since those it outlives. */
    static final class Death extends Error {

        private static final long serialVersionUID = 1L;
    }

    /** Ends a process before it sends a statement. */
    record DeathAt(String statement) implements SqlLogger {

        @Override
        public void logBeforeExecution(StatementContext context) {
            if (context.getRenderedSql().startsWith(statement)) {
                throw new Death();
            }
        }
    }
}
