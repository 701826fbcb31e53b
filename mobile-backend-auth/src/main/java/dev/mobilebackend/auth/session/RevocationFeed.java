// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells this instance within a second what the others have revoked. It reads the store whenever its signal is raised,
 * and every four seconds all the same; without a signal, or while that can't listen, twice a second. While the store
 * cannot be read, access tokens of sessions revoked elsewhere live on to their own expiry, and the first read after
 * that covers all that was missed.
 *
 * <p>It goes by the store's clock alone, so that no instance misses a revocation because its clock, or that of the one
 * that revoked, is wrong.
 */
public final class RevocationFeed implements AutoCloseable {

    /** How often the signal is looked at. Everything below is counted in these, since a clock may be set back. */
    static final Duration TICK = Duration.ofMillis(250);

    private static final int READ_UNSIGNALLED = 2;
    private static final int READ_ANYWAY = 16;
    private static final int FIRST_RETRY = 4;
    private static final int LONGEST_RETRY = 128;

    /** Covers transactions that commit after a later one was read. */
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    /**
     * An instance whose clock is ahead by up to this issues access tokens that the others take when their time comes.
     */
    private static final Duration AHEAD = Duration.ofHours(2);

    private static final Logger LOG = LoggerFactory.getLogger(RevocationFeed.class);

    private final Revocations revocations;
    private final SessionStore store;
    private final @Nullable RevocationSignal signal;
    private final Duration retention;
    private @Nullable Instant readUpTo;
    private @Nullable ScheduledFuture<?> ticking;
    private int ticksSinceRead;
    private boolean listening;
    private int ticksToListen;
    private int retryAfter = FIRST_RETRY;
    private boolean failing;

    /**
     * Knows each revocation for as long as an access token that was issued just before it lives.
     *
     * @param signal what says that there is something to read; null where nothing does
     */
    public RevocationFeed(
            Revocations revocations,
            SessionStore store,
            @Nullable RevocationSignal signal,
            Duration accessTokenLifetime) {
        this.revocations = revocations;
        this.store = store;
        this.signal = signal;
        this.retention = accessTokenLifetime.plus(AHEAD);
    }

    /** Reads once, so that an instance knows what was revoked before it started, then again and again. */
    public synchronized void start(ScheduledExecutorService scheduler) {
        if (ticking != null) {
            throw new IllegalStateException("the revocation feed runs already");
        }
        listen();
        poll();
        ticking = scheduler.scheduleWithFixedDelay(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reads what has been revoked since the last read. */
    public synchronized void poll() {
        Instant now = store.now();
        Instant oldest = now.minus(retention);
        Instant since = readUpTo == null ? oldest : readUpTo.minus(OVERLAP);
        revocations.read(store.revokedSince(since.isBefore(oldest) ? oldest : since), now, oldest);
        readUpTo = now;
    }

    /** Stops reading; a read that is going on ends in its own time, since an interrupt would break H2's file. */
    @Override
    public synchronized void close() {
        if (ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
        if (signal != null) {
            listening = false;
            signal.close();
        }
    }

    synchronized void tick() {
        ticksSinceRead++;
        if (listening ? ticksSinceRead >= READ_ANYWAY : --ticksToListen <= 0) {
            listen();
        }
        if (isRaised() || ticksSinceRead >= READ_ANYWAY || (!listening && ticksSinceRead >= READ_UNSIGNALLED)) {
            pollOrLog();
        }
    }

    /** What was revoked before it began to listen is read at once. */
    private void listen() {
        if (signal == null) {
            return;
        }
        boolean listened = listening;
        try {
            signal.listen();
            listening = true;
            retryAfter = FIRST_RETRY;
            if (!listened) {
                ticksSinceRead = READ_ANYWAY;
            }
        } catch (RuntimeException deaf) {
            lost(deaf);
        }
    }

    private boolean isRaised() {
        try {
            return listening && signal != null && signal.isRaised();
        } catch (RuntimeException deaf) {
            lost(deaf);
            return true;
        }
    }

    private void lost(RuntimeException why) {
        if (listening || retryAfter == FIRST_RETRY) {
            LOG.warn("revocations are read twice a second, since nothing tells of them", why);
        }
        listening = false;
        ticksToListen = retryAfter;
        retryAfter = Math.min(2 * retryAfter, LONGEST_RETRY);
    }

    private void pollOrLog() {
        ticksSinceRead = 0;
        try {
            poll();
            if (failing) {
                failing = false;
                LOG.info("revocations are read again");
            }
        } catch (RuntimeException unreadable) {
            if (!failing) {
                failing = true;
                LOG.warn("could not read revocations, trying again and again", unreadable);
            }
        }
    }
}
