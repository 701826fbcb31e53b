// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.RetryPolicy;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.push.ApnsSender;
import dev.mobilebackend.jobs.push.FcmSender;
import dev.mobilebackend.jobs.push.NewPushDevice;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushMessage;
import dev.mobilebackend.jobs.push.PushMessage.Urgency;
import dev.mobilebackend.jobs.push.QuietHours;
import dev.mobilebackend.jobs.push.jdbi.JdbiPushDevices;
import dev.mobilebackend.jobs.push.jdbi.PushJobs;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.fake.FakeApns;
import dev.mobilebackend.testkit.fake.FakeFcm;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the transaction that has something to say to the platforms, over HTTP/2. Clocks begin at midnight in UTC. */
class PushJobsTest {

    private static final String APP = "com.example.shop";
    private static final PushAddress IPHONE = new PushAddress(Platform.APNS, APP, "0a".repeat(32));
    private static final PushAddress PIXEL = new PushAddress(Platform.FCM, APP, "fcm:" + "t".repeat(160));
    private static final PushMessage MESSAGE = PushMessage.of("On its way", "It comes tomorrow");

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(Dialect.POSTGRESQL);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(Dialect.H2);
        }
    }

    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    abstract static class OnDatabase {

        private final TestClock clock = new TestClock();
        private final Dialect dialect;
        private TestDatabase test;
        private JdbiJobStore jobs;
        private JdbiPushDevices devices;
        private FakeApns apns;
        private FakeFcm fcm;
        private PushJobs push;
        private Worker worker;

        OnDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @BeforeEach
        void start() {
            test = TestDatabase.of(dialect);
            Schema.install(test.database(), JdbiJobStore.SCHEMA, JdbiPushDevices.SCHEMA);
            jobs = JdbiJobStore.of(test.database(), clock);
            devices = JdbiPushDevices.of(test.database(), clock);
            apns = FakeApns.start(clock);
            fcm = FakeFcm.start(clock);
            push = push().build();
            worker = worker(push);
        }

        @AfterEach
        void stop() {
            fcm.close();
            apns.close();
            test.close();
        }

        @Test
        void aMessageReachesEachDeviceOfItsOwnerAndNobodyElse() {
            register("ada", IPHONE);
            register("ada", PIXEL);
            register("bob", new PushAddress(Platform.APNS, APP, "0b".repeat(32)));

            send("ada", MESSAGE);

            assertEquals(3, worker.runDue());
            assertEquals(List.of(IPHONE.token()), apnsTokens());
            assertEquals(PIXEL.token(), fcm.received().get(0).token());
            assertEquals(0, worker.runDue());
        }

        @Test
        void aMessageOfATransactionThatRolledBackIsNeverSent() {
            register("ada", IPHONE);

            assertThrows(IllegalStateException.class, () -> test.database().useTransaction(handle -> {
                jobs.enqueue(handle, push.to("ada", MESSAGE));
                throw new IllegalStateException("no order");
            }));

            assertEquals(0, worker.runDue());
        }

        @Test
        void aSecondTryRepeatsNothingOnOtherDevices() {
            register("ada", IPHONE);
            register("ada", PIXEL);
            fcm.next().refuse(503, "UNAVAILABLE");
            send("ada", MESSAGE);

            worker.runDue();
            clock.advance(Duration.ofMinutes(1));
            worker.runDue();

            assertEquals(1, apns.received().size());
            assertEquals(1, fcm.received().size());
        }

        @Test
        void whatIsOnItsWayToADeviceDoesNotReachItsNextOwner() {
            register("ada", IPHONE);
            apns.next().refuse(503, "ServiceUnavailable");
            send("ada", MESSAGE);
            worker.runDue();

            register("bob", IPHONE);
            clock.advance(Duration.ofMinutes(1));

            assertEquals(1, worker.runDue());
            assertEquals(List.of(), apnsTokens());
        }

        @Test
        void aDeadTokenIsForgottenAfterOneAnswer() {
            register("ada", IPHONE);
            register("ada", PIXEL);
            apns.unregister(IPHONE.token(), clock.instant());
            fcm.unregister(PIXEL.token());

            send("ada", MESSAGE);
            worker.runDue();

            assertEquals(List.of(), devices.ofOwner("ada"));
            assertEquals(0, jobs.counts().size());
        }

        @Test
        void aTokenThatWasRegisteredAfterItsDeathStays() {
            register("ada", IPHONE);
            apns.unregister(IPHONE.token(), clock.instant().minusSeconds(1));

            send("ada", MESSAGE);
            worker.runDue();

            assertEquals(1, devices.ofOwner("ada").size());
        }

        @Test
        void quietHoursEndByTheWallOfEachDevice() {
            useQuietHours();
            devices.register(NewPushDevice.of("ada", IPHONE).zone(ZoneId.of("Europe/Berlin")));
            devices.register(NewPushDevice.of("ada", PIXEL).zone(ZoneId.of("America/New_York")));

            send("ada", MESSAGE);
            worker.runDue();
            assertEquals(0, apns.received().size());
            assertEquals(1, fcm.received().size());

            clock.advance(Duration.ofHours(6).minusSeconds(1));
            assertEquals(0, worker.runDue());
            clock.advance(Duration.ofSeconds(1));
            assertEquals(1, worker.runDue());
            assertEquals(1, apns.received().size());
        }

        @Test
        void urgentMessagesAndThoseNobodySeesDoNotWaitForMorning() {
            useQuietHours();
            register("ada", IPHONE);

            send("ada", MESSAGE.urgency(Urgency.URGENT));
            send("ada", PushMessage.unseen(Map.of("sync", "orders")));
            worker.runDue();

            assertEquals(2, apns.received().size());
        }

        @Test
        void aSecondTryDoesNotComeInQuietHours() {
            push = push().quietHours(new QuietHours(LocalTime.of(0, 1), LocalTime.of(7, 0), ZoneOffset.UTC))
                    .build();
            worker = worker(push);
            register("ada", IPHONE);
            apns.next().refuse(503, "ServiceUnavailable");
            send("ada", MESSAGE);
            worker.runDue();

            clock.advance(Duration.ofHours(3));
            worker.runDue();
            assertEquals(0, apns.received().size());

            clock.advance(Duration.ofHours(4));
            worker.runDue();
            assertEquals(1, apns.received().size());
        }

        @Test
        void aMessageThatIsWorthNothingAnyMoreIsNotSent() {
            useQuietHours();
            register("ada", IPHONE);
            send("ada", MESSAGE.ttl(Duration.ofHours(1)));
            send("ada", MESSAGE.urgency(Urgency.URGENT).ttl(Duration.ofSeconds(30)));
            apns.next().refuse(503, "ServiceUnavailable");
            worker.runDue();

            clock.advance(Duration.ofHours(12));
            worker.runDue();

            assertEquals(0, apns.received().size());
            assertEquals(0, jobs.counts().size());
        }

        @Test
        void whatAPlatformRefusesEndsWhereSomebodySeesIt() {
            register("ada", IPHONE);
            worker = push.addTo(Worker.builder(jobs).retry(RetryPolicy.STANDARD.attempts(1)))
                    .build();
            apns.next().refuse(403, "InvalidProviderToken");
            send("ada", MESSAGE);

            worker.runDue();

            assertEquals(JobState.DEAD, jobs.counts().get(0).state());
            String error = jobs.dead(10).get(0).error();
            assertTrue(error.contains("APNs answered 403 InvalidProviderToken"));
            assertFalse(error.contains(IPHONE.token()));
            assertEquals(1, devices.ofOwner("ada").size());
        }

        private PushJobs.Builder push() {
            return PushJobs.builder(jobs, devices)
                    .sender(Platform.APNS, APP, ApnsSender.of(apns.key(), APP, apns.line()))
                    .sender(Platform.FCM, APP, FcmSender.of(fcm.account(), fcm.line()))
                    .clock(clock);
        }

        private Worker worker(PushJobs of) {
            return of.addTo(Worker.builder(jobs)).build();
        }

        private void useQuietHours() {
            push = push().quietHours(new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), ZoneOffset.UTC))
                    .build();
            worker = worker(push);
        }

        private void register(String owner, PushAddress address) {
            devices.register(NewPushDevice.of(owner, address));
        }

        private void send(String owner, PushMessage message) {
            test.database().useTransaction(handle -> jobs.enqueue(handle, push.to(owner, message)));
        }

        private List<String> apnsTokens() {
            return apns.received().stream().map(FakeApns.Received::token).toList();
        }
    }
}
