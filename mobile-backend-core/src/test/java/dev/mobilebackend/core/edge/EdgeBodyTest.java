// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.transport.BodyPolicy;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EdgeBodyTest {

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final BodyPolicy POLICY =
            BodyPolicy.standard().maximum(100_000).pace(GRACE, 100, Duration.ofMinutes(5));

    private static final ClientAddress CLIENT = ClientAddress.parse("203.0.113.9");
    private static final ClientAddress OTHER = ClientAddress.parse("198.51.100.66");

    private final AtomicLong ticks = new AtomicLong();
    private final WaitingReaders waiting = new WaitingReaders(1);
    private final Wire wire = new Wire();

    @Test
    void aReaderThatNeverWaitsNeedsNoPermit() throws Exception {
        waiting.tryEnter(OTHER);
        wire.available = 10;

        assertEquals(10, read(body(10), 10));
    }

    @Test
    void aReaderThatWouldWaitIsRefusedWhereTooManyWait() throws Exception {
        EdgeBody body = body(10);
        waiting.tryEnter(OTHER);

        assertRefused(503, body, 10);
        waiting.leave(OTHER);
        assertRefused(503, body, 10);
    }

    @Test
    void aReaderGivesItsPermitBackHoweverItsWaitEnds() throws Exception {
        EdgeBody body = body(10);
        read(body, 5);
        wire.failure = new IOException("reset");

        assertThrows(IOException.class, () -> read(body, 5));
        assertEquals(0, waiting.count());
    }

    @Test
    void whoHasReadAllThatWasSaidDoesNotWaitForMore() throws Exception {
        EdgeBody body = body(10);
        read(body, 10);
        waiting.tryEnter(OTHER);
        wire.ended = true;

        assertEquals(-1, read(body, 10));
    }

    @Test
    void aSlowBodyIsRefusedAfterTheGrace() throws Exception {
        EdgeBody body = body(-1);
        wire.wait = GRACE.toNanos();
        assertEquals(1, read(body, 1));
        wire.wait = 1;

        assertRefused(408, body, 1);
    }

    @Test
    void aBodyThatIsWholeIsNotRefusedForTheTimeItTook() throws Exception {
        EdgeBody body = body(2);
        read(body, 1);
        wire.wait = Duration.ofMinutes(1).toNanos();

        assertEquals(1, read(body, 1));
    }

    @Test
    void aBodyAtTheLeastRateIsReadUntilPatienceEnds() throws Exception {
        EdgeBody body = body(-1);
        wire.wait = Duration.ofSeconds(20).toNanos();

        for (int seconds = 20; seconds <= 60; seconds += 20) {
            assertEquals(2_000, read(body, 2_000));
        }
        wire.wait = Duration.ofSeconds(241).toNanos();

        assertRefused(408, body, 30_000);
    }

    @Test
    void aBodyThatStayedAwayIsNotWaitedForAgain() throws Exception {
        EdgeBody body = body(10);
        read(body, 5);
        wire.refusal = EdgeBody.TOO_SLOW;

        assertRefused(408, body, 5);
        wire.refusal = null;
        assertRefused(408, body, 5);
        assertFalse(body.drain());
        assertEquals(2, wire.reads);
    }

    @Test
    void theTimeThatAHandlerTakesIsNotTheClients() throws Exception {
        EdgeBody body = body(-1);
        read(body, 1);
        ticks.addAndGet(Duration.ofHours(1).toNanos());

        assertEquals(1, read(body, 1));
    }

    @Test
    void whoeverListensNeverWaits() throws Exception {
        EdgeBody body = body(10);
        waiting.tryEnter(OTHER);
        body.setReadListener(null);

        assertEquals(10, read(body, 10));
    }

    @Test
    void aBodyOverTheMaximumIsRefusedAtTheByteThatIsTooMuch() throws Exception {
        EdgeBody body = body(-1);
        for (int i = 0; i < 10; i++) {
            read(body, 10_000);
        }

        assertRefused(413, body, 1);
        assertRefused(413, body, 1);
    }

    private EdgeBody body(long length) {
        return new EdgeBody(wire, POLICY, length, CLIENT, waiting, ticks::get, null);
    }

    private static int read(EdgeBody body, int length) throws IOException {
        return body.read(new byte[length], 0, length);
    }

    private static void assertRefused(int status, EdgeBody body, int length) {
        var refusal = assertThrows(ProblemException.class, () -> read(body, length));
        assertEquals(status, refusal.problem().status());
    }

    /** Gives as many bytes as are asked for, after a wait. */
    private final class Wire extends ServletInputStream {

        private long wait;
        private int available;
        private boolean ended;
        private IOException failure;
        private Problem refusal;
        private int reads;

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            ticks.addAndGet(wait);
            reads++;
            if (refusal != null) {
                throw refusal.exception();
            }
            if (failure != null) {
                throw failure;
            }
            return ended ? -1 : length;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read one");
        }

        @Override
        public int available() {
            return available;
        }

        @Override
        public boolean isFinished() {
            return ended;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {}
    }
}
