// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import dev.mobilebackend.jobs.JobContext;
import dev.mobilebackend.jobs.JobHandler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings messages to devices: to the owner alone, in time, outside quiet hours, and never again to a dead token. */
public final class PushDelivery implements JobHandler<SendPush> {

    private static final Logger LOG = LoggerFactory.getLogger(PushDelivery.class);

    private final PushDevices devices;
    private final Map<PushRoute, PushSender> senders;
    private final @Nullable QuietHours quietHours;
    private final InstantSource clock;

    /** The sender of an app. */
    public record PushRoute(Platform platform, String app) {
        public PushRoute {
            PushAddress.checkApp(app);
        }
    }

    /** Made by {@code PushJobs}, or by hand over devices of one's own. */
    public PushDelivery(
            PushDevices devices,
            Map<PushRoute, PushSender> senders,
            @Nullable QuietHours quietHours,
            InstantSource clock) {
        this.devices = devices;
        this.senders = Map.copyOf(senders);
        this.quietHours = quietHours;
        this.clock = clock;
    }

    /** A message to an owner, worth to arrive from now on as long as it says. */
    public PushTo to(String owner, PushMessage message) {
        return new PushTo(owner, message, clock.instant().plus(message.ttl()));
    }

    /** What is to be sent to a device, and how long it waits for the end of quiet hours. */
    public record Planned(SendPush job, Duration delay) {}

    /** A job for each device that the message can reach before it is worth nothing. */
    public List<Planned> plan(PushTo job) {
        Instant now = clock.instant();
        return devices.ofOwner(job.owner()).stream()
                .map(device -> new Planned(
                        new SendPush(device.id(), job.owner(), job.message(), job.until()),
                        quiet(job.message(), device, now)))
                .filter(planned -> now.plus(planned.delay).isBefore(job.until()))
                .toList();
    }

    @Override
    public void run(SendPush job, JobContext context) {
        Instant now = clock.instant();
        Optional<PushDevice> found =
                devices.find(job.device()).filter(device -> device.owner().equals(job.owner()));
        if (found.isEmpty()) {
            LOG.debug("device {} is its owner's no more, and gets no message", job.device());
            return;
        }
        if (!now.isBefore(job.until())) {
            LOG.info("a message to device {} was worth sending until {}", job.device(), job.until());
            return;
        }
        PushDevice device = found.get();
        Duration quiet = quiet(job.message(), device, now);
        if (!quiet.isZero()) {
            throw context.snooze(shorter(quiet, Duration.between(now, job.until())));
        }
        send(job, device, context);
    }

    private void send(SendPush job, PushDevice device, JobContext context) {
        PushAddress address = device.address();
        PushSender sender = senders.get(new PushRoute(address.platform(), address.app()));
        if (sender == null) {
            throw new PushRejectedException("no sender for " + address.app() + " on " + address.platform()
                    + ": name it where the jobs of push are built");
        }
        PushResult result = sender.send(address, job.message(), job.until());
        if (result instanceof PushResult.TokenDead dead) {
            bury(device, dead);
        } else if (result instanceof PushResult.RetryLater later) {
            throw postponed(job, later, context);
        } else if (result instanceof PushResult.Rejected rejected) {
            throw new PushRejectedException("device " + device.id() + ": " + rejected.reason());
        }
    }

    /** Where the platform does not say since when, it is dead as we knew it: not if the app has registered it since. */
    private void bury(PushDevice device, PushResult.TokenDead dead) {
        Instant since = dead.since();
        boolean removed = devices.removeDead(device.id(), since == null ? device.seenAt() : since);
        LOG.info("the token of device {} is dead{}", device.id(), removed ? "" : ", and was registered anew since");
    }

    private Duration quiet(PushMessage message, PushDevice device, Instant now) {
        return quietHours == null || !message.waitsForMorning() ? Duration.ZERO : quietHours.left(now, device.zone());
    }

    /** A wait that the platform asks for is no failure of ours: the message is worth trying until its end. */
    private RuntimeException postponed(SendPush job, PushResult.RetryLater later, JobContext context) {
        Duration wait = later.after();
        return wait == null
                ? new PushPostponedException(later.reason())
                : context.snooze(shorter(wait, Duration.between(clock.instant(), job.until())));
    }

    private static Duration shorter(Duration wait, Duration left) {
        Duration shorter = wait.compareTo(left) < 0 ? wait : left;
        return shorter.isNegative() ? Duration.ZERO : shorter;
    }
}
