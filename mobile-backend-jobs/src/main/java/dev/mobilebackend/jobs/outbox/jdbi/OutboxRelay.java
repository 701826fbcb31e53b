// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox.jdbi;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.outbox.EventSender;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is in the outbox, each event at least once. Every instance of an application may have one; that which
 * holds the lease sends, and another takes over when its heartbeats stop.
 *
 * <pre>{@code
 * var relay = OutboxRelay.builder(outbox, new KafkaEventSender(producer)).build();
 * relay.start();
 * }</pre>
 *
 * Events of a topic and subject are sent one after the other, each when the broker has the one before. A relay that
 * goes on after its lease may send some a second time, in their order too: whoever leaves out what came before, as
 * {@link Inbox} does, sees each event once and in order. Thread safe.
 */
public final class OutboxRelay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(20);
    private static final int LARGEST_BATCH = 5_000;

    private final OutboxRows rows;
    private final Outbox outbox;
    private final EventSender sender;
    private final Duration lease;
    private final Duration poll;
    private final int batch;
    private final LongSupplier ticks = Ambient.ticks();
    private final long owner = Ambient.random().nextLong();
    private final Semaphore wake = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long heldUntil;
    private volatile boolean held;
    private volatile boolean closed;
    private @Nullable ScheduledExecutorService heartbeat;

    /** After a call that failed as a whole, events are sent alone, so that one of them is known for the cause. */
    private boolean alone;

    private Duration pause = Duration.ZERO;

    private OutboxRelay(Builder builder) {
        this.outbox = builder.outbox;
        this.rows = builder.outbox.rows();
        this.sender = builder.sender;
        this.lease = builder.lease;
        this.poll = builder.poll;
        this.batch = builder.batch;
    }

    public static Builder builder(Outbox outbox, EventSender sender) {
        return new Builder(outbox, sender);
    }

    /**
     * Begins to send on a thread of its own, whenever this relay holds the lease.
     *
     * @throws IllegalStateException if it was started or closed before
     */
    public synchronized void start() {
        if (heartbeat != null || closed) {
            throw new IllegalStateException("a relay starts once, and this one was " + (closed ? "closed" : "started")
                    + " before: build another");
        }
        ScheduledExecutorService beats = Ambient.scheduler("outbox-lease");
        heartbeat = beats;
        Consumer<String> listener = name -> {
            if (name.equals(Outbox.WAKE)) {
                wake.release();
            }
        };
        outbox.jobs().addListener(listener);
        Future<?> beating = beats.scheduleWithFixedDelay(this::beat, 0, lease.toNanos() / 3, TimeUnit.NANOSECONDS);
        Ambient.threads("outbox-relay")
                .newThread(() -> {
                    run();
                    outbox.jobs().removeListener(listener);
                    beating.cancel(false);
                    beats.execute(this::leave);
                    beats.shutdown();
                })
                .start();
    }

    /**
     * Sends on the calling thread what is due, if no other relay holds the lease, and says how many the broker has taken:
     * for tests, which then need neither threads nor waiting.
     *
     * @throws IllegalStateException if the relay is started
     */
    public synchronized int relayDue() {
        if (heartbeat != null) {
            throw new IllegalStateException("relayDue is for a relay that was not started: this one sends by itself");
        }
        int sent = 0;
        Round round;
        do {
            if (!takeLease()) {
                return sent;
            }
            round = round();
            sent += round.sent;
        } while (round.more);
        leave();
        return sent;
    }

    /** Sends no more, waits up to twenty seconds for a call that is under way, and gives the lease back. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (heartbeat == null) {
                return;
            }
        }
        wake.release();
        try {
            if (!ended.await(CLOSED_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("the sender of the outbox still is at it {} after it was told to stop", CLOSED_WITHIN);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            Duration wait = poll;
            try {
                while (!closed && holds()) {
                    Round round = round();
                    if (!round.more) {
                        break;
                    }
                }
                wait = pause.isZero() ? poll : pause;
            } catch (RuntimeException | Error failed) {
                LOG.warn("the outbox could not be read; it is tried again in {}", wait, failed);
            }
            await(wait);
        }
    }

    /** While the broker is out of reach, no new event makes it come back. */
    private void await(Duration wait) {
        try {
            if (pause.isZero()) {
                if (wake.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                    wake.drainPermits();
                }
            } else {
                for (long until = ticks.getAsLong() + wait.toNanos(); !closed && until - ticks.getAsLong() > 0; ) {
                    wake.tryAcquire(Math.max(1, until - ticks.getAsLong()), TimeUnit.NANOSECONDS);
                }
            }
        } catch (InterruptedException told) {
            closed = true;
        }
    }

    private void beat() {
        if (closed) {
            return;
        }
        boolean before = holds();
        try {
            if (takeLease() && !before) {
                LOG.info("this process sends the events of the outbox now");
                wake.release();
            }
        } catch (RuntimeException | Error failed) {
            LOG.warn("a heartbeat of the outbox failed; nothing is sent once its lease has ended", failed);
        }
    }

    private boolean takeLease() {
        long asked = ticks.getAsLong();
        boolean mine = rows.lease(owner, lease);
        heldUntil = asked + lease.toNanos();
        held = mine;
        return mine;
    }

    /** Told by this process's own ticks, from before the database was asked: never longer than the database says. */
    private boolean holds() {
        return held && heldUntil - ticks.getAsLong() > 0;
    }

    private void leave() {
        held = false;
        try {
            rows.release(owner);
        } catch (RuntimeException failed) {
            LOG.warn("the lease of the outbox was not given back and now ends by itself", failed);
        } finally {
            ended.countDown();
        }
    }

    /** What came of one look: how many were sent, and whether there may be more to send at once. */
    private record Round(int sent, boolean more) {}

    private Round round() {
        List<OutboxRows.Row> left = rows.due(batch);
        var sent = new ArrayList<OutboxRows.Row>();
        var failed = new ArrayList<OutboxRows.Failure>();
        var blocked = new HashSet<Object>();
        boolean answered = true;
        boolean whole = left.size() == batch;
        while (answered && !left.isEmpty() && holds()) {
            List<OutboxRows.Row> wave = wave(left);
            answered = send(wave, sent, failed);
            failed.forEach(failure -> blocked.add(failure.row().lane()));
            Set<Long> tried = wave.stream().map(OutboxRows.Row::position).collect(toSet());
            left = left.stream()
                    .filter(row -> !tried.contains(row.position()) && !blocked.contains(row.lane()))
                    .toList();
        }
        rows.settle(sent, failed);
        if (answered) {
            alone = false;
            pause = Duration.ZERO;
        } else {
            pause = longer(pause);
        }
        return new Round(sent.size(), answered && (whole || !failed.isEmpty()) && holds());
    }

    /** The first of each subject. One that has failed goes alone: should it fail the call, it fails no other. */
    private List<OutboxRows.Row> wave(List<OutboxRows.Row> left) {
        var wave = new ArrayList<OutboxRows.Row>();
        var lanes = new HashSet<Object>();
        for (OutboxRows.Row row : left) {
            boolean single = alone || row.attempt() > 0;
            if (single && wave.isEmpty()) {
                return List.of(row);
            }
            if (lanes.add(row.lane()) && !single) {
                wave.add(row);
            }
        }
        return wave;
    }

    /** False if the sender gave no answer. */
    private boolean send(List<OutboxRows.Row> wave, List<OutboxRows.Row> sent, List<OutboxRows.Failure> failed) {
        try {
            Map<String, String> refused = new HashMap<>();
            for (EventSender.Refusal refusal :
                    sender.send(wave.stream().map(OutboxRows.Row::event).toList())) {
                refused.put(refusal.event().id(), refusal.reason());
            }
            for (OutboxRows.Row row : wave) {
                String reason = refused.get(row.event().id());
                if (reason == null) {
                    sent.add(row);
                } else {
                    failed.add(failure(row, reason));
                }
            }
            return true;
        } catch (Exception | LinkageError unknown) {
            LOG.warn("the events of the outbox could not be sent; it is tried again soon", unknown);
            if (wave.size() == 1) {
                failed.add(failure(wave.get(0), unknown.toString()));
            }
            alone = true;
            return false;
        }
    }

    private static OutboxRows.Failure failure(OutboxRows.Row row, String reason) {
        OutboxEvent event = row.event();
        Duration wait = Duration.ofSeconds(1L << Math.min(row.attempt(), 9));
        if (wait.compareTo(LONGEST_RETRY) > 0) {
            wait = LONGEST_RETRY;
        }
        LOG.warn(
                "event {} of type {} was not sent at attempt {}; the next is in {}",
                event.id(),
                event.type(),
                row.attempt() + 1,
                wait);
        String text = reason.replace('\0', ' ');
        return new OutboxRows.Failure(row, wait, text.substring(0, Math.min(text.length(), JobOutcome.LONGEST_ERROR)));
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /** How a relay sends. */
    public static final class Builder {

        private final Outbox outbox;
        private final EventSender sender;
        private Duration lease = Duration.ofSeconds(6);
        private Duration poll = Duration.ofSeconds(1);
        private int batch = 500;

        private Builder(Outbox outbox, EventSender sender) {
            this.outbox = requireNonNull(outbox, "outbox must not be null");
            this.sender = requireNonNull(sender, "sender must not be null: what hands events to the broker");
        }

        /** How long after its last heartbeat another instance sends instead, 6 seconds unless set. */
        public Builder lease(Duration length) {
            lease = within("lease", length, Duration.ofSeconds(1), Duration.ofMinutes(10));
            return this;
        }

        /** How often an idle relay looks for what it was not told of: every second unless set. */
        public Builder poll(Duration interval) {
            poll = within("poll", interval, Duration.ofMillis(10), Duration.ofMinutes(1));
            return this;
        }

        /** How many events are read at once, 500 unless set. */
        public Builder batch(int events) {
            if (events < 1 || events > LARGEST_BATCH) {
                throw new IllegalArgumentException("batch must be from 1 to " + LARGEST_BATCH + ", was " + events);
            }
            batch = events;
            return this;
        }

        /** The relay, not yet started. */
        public OutboxRelay build() {
            return new OutboxRelay(this);
        }

        private static Duration within(String what, Duration length, Duration least, Duration most) {
            if (length.compareTo(least) < 0 || length.compareTo(most) > 0) {
                throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", was " + length);
            }
            return length;
        }
    }
}
