// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells this instance what the others have revoked, by reading the store twice a second. While the store cannot be
 * read, access tokens of sessions revoked elsewhere live on to their own expiry, and the first read after that covers
 * all that was missed.
 */
public final class RevocationFeed implements AutoCloseable {

    /** How often the store is read: half of the second in which a revocation has to reach every request. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Covers clocks that disagree and transactions that commit after a later one was read. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(RevocationFeed.class);

    private final Revocations revocations;
    private final SessionStore store;
    private final Duration retention;
    private final InstantSource clock;
    private @Nullable Instant readUpTo;
    private @Nullable ScheduledFuture<?> polling;
    private boolean failing;

    /** Knows each revocation for as long as an access token that was issued just before it lives. */
    public RevocationFeed(
            Revocations revocations, SessionStore store, Duration accessTokenLifetime, InstantSource clock) {
        this.revocations = revocations;
        this.store = store;
        this.retention = accessTokenLifetime.plus(OVERLAP);
        this.clock = clock;
    }

    /** Reads once, so that an instance knows what was revoked before it started, then again and again. */
    public synchronized void start(ScheduledExecutorService scheduler) {
        if (polling != null) {
            throw new IllegalStateException("the revocation feed runs already");
        }
        poll();
        polling = scheduler.scheduleWithFixedDelay(
                this::pollOrLog, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reads what has been revoked since the last read. */
    public synchronized void poll() {
        Instant now = clock.instant();
        Instant oldest = now.minus(retention);
        Instant since = readUpTo == null ? oldest : readUpTo.minus(OVERLAP);
        revocations.addAll(store.revokedSince(since.isBefore(oldest) ? oldest : since));
        revocations.forgetBefore(oldest);
        readUpTo = now;
    }

    /** Stops reading; a read that is going on ends in its own time, since an interrupt would break H2's file. */
    @Override
    public synchronized void close() {
        if (polling != null) {
            polling.cancel(false);
            polling = null;
        }
    }

    private void pollOrLog() {
        try {
            poll();
            if (failing) {
                failing = false;
                LOG.info("revocations are read again");
            }
        } catch (RuntimeException unreadable) {
            if (!failing) {
                failing = true;
                LOG.warn("could not read revocations, trying again every {}", PAUSE, unreadable);
            }
        }
    }
}
