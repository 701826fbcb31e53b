// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.validate.JsonBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link PhasedPlan}: does each phase that no earlier run of the same request has done, and gives the
 * stored results of the others. Used by one thread.
 */
public final class PhasedRun {

    /** A phase that is done; {@code result} is JSON. */
    private record Point(String phase, String result) {}

    /** What a phase without a result results in. */
    private record Nothing() {}

    private final Claims claims;
    private final Claim claim;
    private final List<Point> points = new ArrayList<>();
    private int next;
    private long leasedAt;

    /** Whether anything may have been done, by this run or one before it. */
    private boolean touched;

    private boolean answered;

    PhasedRun(Claims claims, Claim claim, @Nullable StoredRequest left) {
        this.claims = claims;
        this.claim = claim;
        leasedAt = claims.ticks().getAsLong();
        touched = left != null;
        if (left != null && left.points() != null) {
            left.points().lines().forEach(line -> {
                int space = line.indexOf(' ');
                points.add(new Point(line.substring(0, space), line.substring(space + 1)));
            });
        }
    }

    /**
     * Does some work in one transaction, which also notes that it is done. Nobody else works on this request while it
     * runs.
     *
     * @param name of the phase; no other of the plan has it
     * @param type of the result: a record that {@link JsonBody} can write and read
     */
    public <R extends Record, X extends Exception> R phase(String name, Class<R> type, HandleCallback<R, X> work)
            throws X {
        Point known = known(name);
        if (known != null) {
            return read(known, type);
        }
        var reached = new Point[1];
        R result = claims.inTransaction(handle -> {
            requireHeld(claims.stored().hold(handle, claim));
            R worked = work.withHandle(handle);
            reached[0] = new Point(name, write(worked));
            note(handle, reached[0]);
            return worked;
        });
        reach(reached[0]);
        return result;
    }

    /** {@link #phase(String, Class, HandleCallback)} for work without a result. */
    public <X extends Exception> void phase(String name, HandleConsumer<X> work) throws X {
        phase(name, Nothing.class, handle -> {
            work.useHandle(handle);
            return new Nothing();
        });
    }

    /**
     * Calls another system, in no transaction, and stores what it answered. Where a crash has lost the answer it is
     * called again with the same key, by which it can tell that this is no second order.
     */
    public <R extends Record, X extends Exception> R foreignCall(String name, Class<R> type, ForeignCall<R, X> call)
            throws X {
        Point known = known(name);
        if (known != null) {
            return read(known, type);
        }
        keepLease();
        touched = true;
        R result = call.send(key(name));
        var reached = new Point(name, write(result));
        claims.useTransaction(handle -> note(handle, reached));
        reach(reached);
        return result;
    }

    /**
     * Does the last of the work and stores the answer, in one transaction. Work that throws, or answers with 500 and
     * above, is rolled back; the phases before it remain, and a retry goes on after them.
     */
    public <X extends Exception> Answer finish(HandleCallback<Answer, X> work) throws X {
        var kept = new Answer[1];
        Answer answer = claims.inTransaction(handle -> {
            requireHeld(claims.stored().hold(handle, claim));
            Answer worked = work.withHandle(handle);
            if (worked.status() >= 500) {
                handle.rollback();
                return worked;
            }
            kept[0] = StoredRequest.kept(worked, claim.policy().maximumBody());
            requireHeld(claims.stored().answer(handle, claim, kept[0]));
            touched = true;
            return worked;
        });
        answered = kept[0] != null;
        return answer;
    }

    boolean isAnswered() {
        return answered;
    }

    /** After a run that has no answer: the next one need not wait for the end of the lease. */
    void leave(Handle handle) {
        if (touched) {
            claims.stored().abandon(handle, claim);
        } else {
            claims.stored().withdraw(handle, claim);
        }
    }

    /** What is stored for the phase that the plan has come to, or null where it must be done. */
    private @Nullable Point known(String name) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "a phase's name must be visible ASCII characters without blanks, was '" + name + "'");
        }
        for (Point earlier : points.subList(0, next)) {
            if (earlier.phase().equals(name)) {
                throw new IllegalArgumentException("two phases of the plan have the name '" + name + "'");
            }
        }
        if (next == points.size()) {
            return null;
        }
        Point point = points.get(next++);
        if (!point.phase().equals(name)) {
            throw new IllegalStateException("an earlier run has done '" + point.phase() + "' where the plan now has '"
                    + name + "': a plan under whose name work is unfinished must keep its phases and their order");
        }
        return point;
    }

    /** In the transaction that did the phase: from here on it may have been committed, whatever we hear of it. */
    private void note(Handle handle, Point point) {
        requireHeld(claims.stored().reach(handle, claim, lines() + line(point)));
        touched = true;
    }

    private String lines() {
        return points.stream().map(PhasedRun::line).collect(Collectors.joining());
    }

    private static String line(Point point) {
        return point.phase() + ' ' + point.result() + '\n';
    }

    private void reach(Point point) {
        points.add(point);
        next = points.size();
        leasedAt = claims.ticks().getAsLong();
    }

    /** A call begins with at least half of the lease ahead of it. */
    private void keepLease() {
        long age = claims.ticks().getAsLong() - leasedAt;
        if (age >= claim.policy().lease().toNanos() / 2) {
            claims.useTransaction(handle -> requireHeld(claims.stored().reach(handle, claim, lines())));
            leasedAt = claims.ticks().getAsLong();
        }
    }

    /** SHA-256 of request and phase, as a UUID of version 8 (RFC 9562 section 5.8): providers take no longer keys. */
    private String key(String phase) {
        byte[] digest = new Sha256()
                .add(claim.scope())
                .add(phase.getBytes(StandardCharsets.US_ASCII))
                .finish();
        ByteBuffer hash = ByteBuffer.wrap(digest);
        long high = (hash.getLong() & ~0xF000L) | 0x8000L;
        long low = (hash.getLong() & ~0xC000_0000_0000_0000L) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    private static String write(Record result) {
        return new String(JsonBody.write(result), StandardCharsets.UTF_8);
    }

    private static <R extends Record> R read(Point point, Class<R> type) {
        return PhasedWork.read(point.result(), type, "the stored result of '" + point.phase() + "'");
    }

    /** Somebody else has taken the work over, since this owner was away for longer than its lease. */
    private static void requireHeld(boolean held) {
        if (!held) {
            throw Refusals.inProgress();
        }
    }
}
