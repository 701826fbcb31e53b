// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer and the gate before it, which is decided with the first byte, when the status is known: below
 * 400 it passes, under an error status it is dropped. Nothing passes once the answer is refused or has ended.
 */
abstract class AnswerBody extends AnswerFields {

    /** No container sends an answer off before it has this many bytes, unless it is told to. */
    private static final int SURELY_HELD = 4096;

    private static final String CONNECTION = "Connection";

    private enum Gate {
        UNDECIDED,
        PASSING,
        /** A status that has no body: what is written goes nowhere, and that is no error. */
        BODILESS,
        DROPPING,
        ENDED
    }

    private final Passage passage;
    private volatile Gate gate = Gate.UNDECIDED;
    private volatile @Nullable Problem problem;
    private volatile boolean clientGone;
    private boolean streamTaken;
    private long written;
    private @Nullable GatedStream out;
    private @Nullable Characters characters;

    /** The passage is also what changes of the gate are made under: an application may hold the answer's own lock. */
    AnswerBody(HttpServletResponse response, Passage passage) {
        super(response);
        this.passage = passage;
    }

    Passage passage() {
        return passage;
    }

    // The gate

    /** Ends this answer with a problem instead of what was written so far; one that is on its way is cut off. */
    void refuse(Problem refusal) {
        synchronized (passage) {
            if (gate != Gate.ENDED) {
                problem = refusal;
                gate = Gate.DROPPING;
            }
        }
    }

    /** What this answer was refused with. */
    @Nullable
    Problem refusal() {
        return problem;
    }

    /** Nothing passes any more; returns whether it is the first call. */
    boolean close() {
        // A timeout and the application may end a request at the same moment.
        synchronized (passage) {
            boolean first = gate != Gate.ENDED;
            gate = Gate.ENDED;
            return first;
        }
    }

    @Override
    boolean isEnded() {
        return gate == Gate.ENDED;
    }

    @Override
    boolean hasBody() {
        return gate == Gate.PASSING;
    }

    /** Whether what is written is dropped because of the status. */
    boolean isDropping() {
        return gate == Gate.DROPPING;
    }

    /** Whether neither the application's last word nor an end has come, so that all may begin anew. */
    boolean isOpen() {
        return problem == null && gate != Gate.ENDED;
    }

    /** The answer has no body; returns whether it had not begun otherwise. */
    boolean passWithoutBody() {
        return passes() && move(Gate.PASSING, Gate.BODILESS);
    }

    /** Decides with the first byte, when the status is known. */
    boolean passes() {
        if (gate == Gate.UNDECIDED) {
            decide();
        }
        return gate == Gate.PASSING;
    }

    private void decide() {
        int status = super.getStatus();
        if (status >= 400) {
            move(Gate.UNDECIDED, Gate.DROPPING);
        } else if (!passage.mayAnswer()) {
            refuse(Problem.INTERNAL_ERROR);
        } else if (status == SC_NO_CONTENT || status == SC_NOT_MODIFIED || status == SC_RESET_CONTENT) {
            move(Gate.UNDECIDED, Gate.BODILESS);
        } else {
            move(Gate.UNDECIDED, Gate.PASSING);
        }
    }

    /** Moves the gate unless somebody else has: a thread that is late must not open it again. */
    private boolean move(Gate from, Gate to) {
        synchronized (passage) {
            boolean moves = gate == from;
            if (moves) {
                gate = to;
            }
            return moves;
        }
    }

    // What is written

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (characters != null) {
            throw new IllegalStateException("getWriter was called on this answer: write to that, or reset() first");
        }
        streamTaken = true;
        return gated();
    }

    private GatedStream gated() {
        GatedStream stream = out;
        if (stream == null) {
            stream = new GatedStream(this);
            out = stream;
        }
        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (characters == null) {
            if (streamTaken) {
                throw new IllegalStateException(
                        "getOutputStream was called on this answer: write to that, or reset() first");
            }
            characters = new Characters(gated(), charset());
        }
        return characters.printer();
    }

    @Override
    public void flushBuffer() throws IOException {
        if (passes() || gate == Gate.BODILESS) {
            sendNotModified();
            begin();
            try {
                super.flushBuffer();
            } catch (IOException failure) {
                throw gone(failure);
            }
        }
    }

    /** A 304 has no fields of a body's (RFC 9110 section 15.4.5), and Jetty would add that its length is 0. */
    void sendNotModified() throws IOException {
        if (gate == Gate.BODILESS && super.getStatus() == SC_NOT_MODIFIED && !super.isCommitted()) {
            dropContentType();
            super.flushBuffer();
        }
    }

    /** Whether so many bytes may pass now; they are counted. */
    boolean passes(int length) throws IOException {
        if (!passes()) {
            return false;
        }
        if (declaredLength() >= 0 && written + length > declaredLength()) {
            refuse(Problem.INTERNAL_ERROR);
            throw new IOException("the handler declared " + declaredLength() + " bytes and wrote more");
        }
        written += length;
        if (written > SURELY_HELD) {
            begin();
        }
        return true;
    }

    /**
     * Says how the body will end before its first byte leaves. Without a length it comes in chunks, whoever closes the
     * connection: containers would let it end by that alone, and what breaks off would look whole (RFC 9112 section 8).
     */
    void begin() {
        sendLength();
        if (declaredLength() < 0 && hasBody() && !super.isCommitted()) {
            EdgeRequest request = passage.request();
            boolean mayBeChunked = request.getProtocol().equals("HTTP/1.1") && !isToHead();
            if (mayBeChunked && (closesAfter(request.getHeader(CONNECTION)) || closesAfter(getHeader(CONNECTION)))) {
                sendInChunks(request);
            }
        }
    }

    private static boolean closesAfter(@Nullable String connection) {
        return connection != null && connection.toLowerCase(Locale.ROOT).contains("close");
    }

    boolean isToHead() {
        return passage.exchange().facts().method().equals("HEAD");
    }

    /** How many bytes the application has written. */
    long written() {
        return written;
    }

    /** Whether anything may be written still: with a write listener not while an earlier write is under way. */
    boolean isFree() {
        return out == null || out.isFree();
    }

    /** The container's own stream. */
    ServletOutputStream containersStream() throws IOException {
        return super.getOutputStream();
    }

    /** Whether writing has failed: then nobody is left to answer, and nothing of ours is to blame. */
    boolean isClientGone() {
        return clientGone;
    }

    void loseClient() {
        clientGone = true;
    }

    IOException gone(IOException failure) {
        clientGone = true;
        return failure;
    }

    WriteListener guarded(WriteListener listener) {
        return new GuardedWriting(listener, passage.request());
    }

    // Another beginning

    @Override
    public void reset() {
        if (isOpen()) {
            clear();
            forgetBody();
            characters = null;
            streamTaken = false;
        }
    }

    @Override
    public void resetBuffer() {
        if (isOpen()) {
            super.resetBuffer();
            forgetBody();
        }
    }

    private void forgetBody() {
        synchronized (passage) {
            if (!isOpen()) {
                return;
            }
            gate = Gate.UNDECIDED;
        }
        written = 0;
        forgetLength();
        if (characters != null) {
            characters.drop();
        }
        if (out != null) {
            out.reopen();
        }
    }
}
