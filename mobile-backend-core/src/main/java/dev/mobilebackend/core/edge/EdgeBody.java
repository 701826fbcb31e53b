// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.transport.BodyPolicy;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as it comes over the wire, counted and digested as it is read. Only the time that its reader waits
 * is held against the client, and only so many readers may wait at once: each holds a thread, and a servlet can't stop
 * one that waits.
 */
final class EdgeBody extends ServletInputStream {

    /** What a body is refused with that is waited for too long. */
    static final Problem TOO_SLOW = Problem.REQUEST_TIMEOUT
            .detail("the body came too slowly: send less at once, or again on a better connection")
            .header("Connection", "close");

    private static final int DRAINED_AT_ONCE = 4096;
    private static final long NOT_WAITING = -1;

    private final ServletInputStream in;
    private final BodyPolicy policy;
    private final long declared;
    private final ClientAddress client;
    private final WaitingReaders waiting;
    private final LongSupplier ticks;
    private final @Nullable PayloadDigest digest;
    private final byte[] one = new byte[1];
    private long count;
    private long nanosWaited;
    private boolean listening;
    private volatile long listeningSince = NOT_WAITING;
    private boolean draining;
    private @Nullable Problem refusal;
    private @Nullable Problem readersRefusal;

    /**
     * A body to be read.
     *
     * @param length what the client says, or -1
     * @param waiting the readers that wait, by their clients
     * @param digest what every byte goes into as well
     */
    EdgeBody(
            ServletInputStream in,
            BodyPolicy policy,
            long length,
            ClientAddress client,
            WaitingReaders waiting,
            LongSupplier ticks,
            @Nullable PayloadDigest digest) {
        this.in = in;
        this.policy = policy;
        this.declared = length < 0 ? Long.MAX_VALUE : length;
        this.client = client;
        this.waiting = waiting;
        this.ticks = ticks;
        this.digest = digest;
    }

    static Problem tooLarge(BodyPolicy policy) {
        return Problem.BODY_TOO_LARGE.detail("the body may have up to " + policy.maximum() + " bytes");
    }

    static Problem tooManyWait() {
        return Problem.UNAVAILABLE
                .detail("too many bodies are on their way at once")
                .header("Connection", "close")
                .retryAfter(Duration.ofSeconds(Ambient.quickRandom().nextInt(1, 4)));
    }

    /** How many bytes have been read. */
    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (refusal != null) {
            throw refusal.exception();
        }
        int read = listening ? heard(bytes, offset, length) : awaited(bytes, offset, length);
        if (read > 0) {
            count += read;
            if (count > policy.maximum()) {
                throw refuse(tooLarge(policy));
            }
            if (digest != null) {
                digest.update(bytes, offset, read);
            }
        }
        if (read >= 0 && count < declared && policy.isTooSlow(count, nanosWaited)) {
            throw refuse(TOO_SLOW);
        }
        return read;
    }

    private int heard(byte[] bytes, int offset, int length) throws IOException {
        stopWaiting();
        return in.read(bytes, offset, length);
    }

    private int awaited(byte[] bytes, int offset, int length) throws IOException {
        boolean waits = length > 0 && count < declared && in.available() <= 0;
        if (waits && !waiting.tryEnter(client)) {
            throw refuse(tooManyWait());
        }
        long before = ticks.getAsLong();
        try {
            return in.read(bytes, offset, length);
        } catch (ProblemException broken) {
            // Whoever asked again would wait once more for as long as the container does.
            throw refuse(broken.problem());
        } finally {
            nanosWaited += ticks.getAsLong() - before;
            if (waits) {
                waiting.leave(client);
            }
        }
    }

    /** Whether there is nothing left of it that could be read here. */
    boolean isOver() {
        return listening || count == declared || in.isFinished();
    }

    /** Reads for nobody what has come by now; returns whether nothing is left. */
    boolean drainArrived() throws IOException {
        draining = true;
        var rest = new byte[DRAINED_AT_ONCE];
        while (refusal == null && !isOver() && in.available() > 0) {
            read(rest, 0, rest.length);
        }
        return isOver();
    }

    /** Reads the rest for nobody; false where a limit stands against it. */
    boolean drain() throws IOException {
        if (isOver()) {
            return true;
        }
        draining = true;
        if (refusal != null || (declared != Long.MAX_VALUE && declared > policy.maximum())) {
            return false;
        }
        var rest = new byte[DRAINED_AT_ONCE];
        int read = 0;
        while (read >= 0 && count < declared) {
            read = read(rest, 0, rest.length);
        }
        return true;
    }

    /** From now on whoever goes on reading is refused again. */
    private RuntimeException refuse(Problem problem) {
        refusal = problem;
        if (!draining) {
            readersRefusal = problem;
        }
        return problem.exception();
    }

    /** What its reader was refused with; what is left of it after that is nobody's concern. */
    @Nullable
    Problem refusal() {
        return readersRefusal;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public boolean isFinished() {
        return in.isFinished();
    }

    @Override
    public boolean isReady() {
        boolean ready = in.isReady();
        if (ready) {
            stopWaiting();
        } else if (listeningSince == NOT_WAITING) {
            listeningSince = ticks.getAsLong();
        }
        return ready;
    }

    private void stopWaiting() {
        long since = listeningSince;
        if (since != NOT_WAITING) {
            listeningSince = NOT_WAITING;
            nanosWaited += ticks.getAsLong() - since;
        }
    }

    /** Whether a listener waits, and has waited longer than it need. */
    boolean isOverdue() {
        long since = listeningSince;
        return since != NOT_WAITING
                && count < declared
                && !in.isFinished()
                && policy.isTooSlow(count, nanosWaited + ticks.getAsLong() - since);
    }

    /** From now on no reader waits in a thread of its own; the time between two calls of it is the client's. */
    @Override
    public void setReadListener(ReadListener listener) {
        listening = true;
        listeningSince = ticks.getAsLong();
        in.setReadListener(listener);
    }
}
