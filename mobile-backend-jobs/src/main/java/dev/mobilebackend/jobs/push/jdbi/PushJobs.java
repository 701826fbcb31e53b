// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushDelivery;
import dev.mobilebackend.jobs.push.PushDelivery.PushRoute;
import dev.mobilebackend.jobs.push.PushDevices;
import dev.mobilebackend.jobs.push.PushMessage;
import dev.mobilebackend.jobs.push.PushSender;
import dev.mobilebackend.jobs.push.PushTo;
import dev.mobilebackend.jobs.push.QuietHours;
import dev.mobilebackend.jobs.push.SendPush;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Messages to accounts, enqueued in the transaction that has something to say. Thread safe.
 *
 * <pre>{@code
 * var devices = JdbiPushDevices.of(database);
 * var push = PushJobs.builder(jobs, devices)
 *     .sender(Platform.APNS, "com.example.shop", ApnsSender.of(key, "com.example.shop"))
 *     .sender(Platform.FCM, "com.example.shop", FcmSender.of(account))
 *     .quietHours(new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), ZoneId.of("Europe/Berlin")))
 *     .build();
 * Worker worker = push.addTo(Worker.builder(jobs)).build();
 *
 * jobs.enqueue(handle, push.to(order.owner(), PushMessage.of("Your order is on its way", "It comes tomorrow")));
 * }</pre>
 */
public final class PushJobs {

    private final JdbiJobStore jobs;
    private final PushDelivery delivery;

    private PushJobs(Builder chosen) {
        jobs = chosen.jobs;
        delivery = new PushDelivery(chosen.devices, chosen.senders, chosen.quietHours, chosen.clock);
    }

    /**
     * What is to be chosen.
     *
     * @param devices in the database of the jobs, so that each device gets a message once
     */
    public static Builder builder(JdbiJobStore jobs, PushDevices devices) {
        return new Builder(jobs, devices);
    }

    /** The job that sends a message to all devices of an owner. */
    public NewJob to(String owner, PushMessage message) {
        return NewJob.of(delivery.to(owner, message));
    }

    /** Lets a worker run the jobs of push. */
    public Worker.Builder addTo(Worker.Builder worker) {
        return worker.handle(PushTo.class, jobs.inTransaction(this::fanOut)).handle(SendPush.class, delivery);
    }

    /** All devices together with the end of the job itself: a second run would send to each once more. */
    private void fanOut(PushTo job, Handle handle) {
        for (PushDelivery.Planned planned : delivery.plan(job)) {
            jobs.enqueue(handle, NewJob.of(planned.job()).after(planned.delay()));
        }
    }

    /** Which apps there are, and when they are left alone. */
    public static final class Builder {

        private final JdbiJobStore jobs;
        private final PushDevices devices;
        private final Map<PushRoute, PushSender> senders = new HashMap<>();
        private @Nullable QuietHours quietHours;
        private InstantSource clock = Ambient.clock();

        private Builder(JdbiJobStore jobs, PushDevices devices) {
            this.jobs = requireNonNull(jobs, "jobs must not be null: such as JdbiJobStore.of(database)");
            this.devices = requireNonNull(devices, "devices must not be null: such as JdbiPushDevices.of(database)");
        }

        /**
         * What sends to an app, by the name that its devices register under.
         *
         * @throws IllegalArgumentException if it has one already
         */
        public Builder sender(Platform platform, String app, PushSender sender) {
            requireNonNull(sender, () -> "the sender of " + app + " must not be null");
            if (senders.putIfAbsent(new PushRoute(platform, app), sender) != null) {
                throw new IllegalArgumentException(app + " has two senders on " + platform);
            }
            return this;
        }

        /** None unless set: then messages come at any hour. */
        public Builder quietHours(QuietHours hours) {
            quietHours = requireNonNull(hours, "quietHours must not be null: leave them out where there are none");
            return this;
        }

        /** What quiet hours and the worth of messages go by: the system's clock unless set. */
        public Builder clock(InstantSource source) {
            clock = requireNonNull(source, "clock must not be null: leave it out for the system's");
            return this;
        }

        /**
         * The jobs of push, to be added to each worker.
         *
         * @throws IllegalArgumentException if there is no sender
         */
        public PushJobs build() {
            if (senders.isEmpty()) {
                throw new IllegalArgumentException("push needs a sender for each app: .sender(platform, app, sender)");
            }
            return new PushJobs(this);
        }
    }
}
