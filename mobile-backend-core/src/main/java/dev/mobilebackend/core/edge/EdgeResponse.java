// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemTexts;
import dev.mobilebackend.core.problem.ProblemWriter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer as the application sees it. Answers below 400 pass through as they are written. Whatever is written under
 * an error status, by a handler, a framework or the container, is dropped, and {@link #finish} writes a problem in its
 * place, with the edge's own fields and none of the handler's: the one that an {@code Answer.problem} stands for, or
 * what the status says. Where containers disagree, this decides.
 */
final class EdgeResponse extends AnswerFields {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeResponse.class);

    /** No container sends an answer off before it has this many bytes, unless it is told to. */
    private static final int SURELY_HELD = 4096;

    private enum Gate {
        UNDECIDED,
        PASSING,
        /** A status that has no body: what is written goes nowhere, and that is no error. */
        BODILESS,
        DROPPING,
        ENDED
    }

    private final HttpServletRequest came;
    private final ProblemTexts texts;
    private final String requestId;
    private final AtomicBoolean finished = new AtomicBoolean();
    private @Nullable EdgeRequest request;
    private @Nullable BooleanSupplier mayPass;
    private @Nullable Consumer<Outcome> whenEnded;
    private boolean toHead;
    private volatile Gate gate = Gate.UNDECIDED;
    private volatile @Nullable Problem problem;
    private volatile boolean clientGone;
    private volatile boolean cutOff;
    private boolean redirected;
    private long written;
    private @Nullable GatedStream out;
    private boolean streamTaken;
    private @Nullable Characters characters;
    private @Nullable PrintWriter writer;

    /** An answer to a request that came so. */
    EdgeResponse(HttpServletResponse response, HttpServletRequest came, ProblemTexts texts, String requestId) {
        super(response);
        this.came = came;
        this.texts = texts;
        this.requestId = requestId;
    }

    /** Says which request this answers, and whether that wants no body. */
    void answers(EdgeRequest asked, boolean head) {
        request = asked;
        toHead = head;
    }

    /** What is told once how this answer ended. */
    void whenEnded(Consumer<Outcome> listener) {
        whenEnded = listener;
    }

    String requestId() {
        return requestId;
    }

    /** What must hold when an answer below 400 begins; where it does not, 500 is sent instead. */
    void passOnlyIf(BooleanSupplier condition) {
        mayPass = condition;
    }

    /** Whether writing has failed: then nobody is left to answer, and nothing of ours is to blame. */
    boolean isClientGone() {
        return clientGone;
    }

    void loseClient() {
        clientGone = true;
    }

    /** Whether this answer was refused after it had begun, so that the client must see it break off. */
    boolean isCutOff() {
        return cutOff;
    }

    @Override
    boolean isEnded() {
        return gate == Gate.ENDED;
    }

    @Override
    boolean hasBody() {
        return gate == Gate.PASSING;
    }

    IOException brokenOff() {
        return new IOException("request " + requestId + " failed after its answer had begun");
    }

    // The end of an answer

    /** Ends this answer with a problem instead of what was written so far; one that is on its way is cut off. */
    void refuse(Problem refusal) {
        synchronized (finished) {
            if (gate != Gate.ENDED) {
                problem = refusal;
                gate = Gate.DROPPING;
            }
        }
    }

    /** Moves the gate unless somebody else has: a thread that is late must not open it again. */
    private boolean move(Gate from, Gate to) {
        synchronized (finished) {
            boolean moves = gate == from;
            if (moves) {
                gate = to;
            }
            return moves;
        }
    }

    /** Lets the container close the connection after this answer, where it has not begun. */
    void closeConnection() {
        if (!super.isCommitted()) {
            setOwn("Connection", "close");
        }
    }

    /**
     * Sends what is still to be sent; every call after the first does nothing.
     *
     * @throws IOException if the answer was refused after it had begun, so that the container cuts the connection
     */
    void finish() throws IOException {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        try {
            sendRest();
        } catch (RuntimeException failure) {
            LOG.error("the answer to request {} could not be finished", requestId, failure);
            problem = Problem.INTERNAL_ERROR;
            cutOffOrSend(Problem.INTERNAL_ERROR);
        } finally {
            end();
        }
    }

    private void sendRest() throws IOException {
        if (gate == Gate.UNDECIDED) {
            decide();
        }
        Problem refusal = refusalAtTheEnd();
        problem = refusal;
        if (refusal == null) {
            sendLength();
        } else {
            cutOffOrSend(refusal);
        }
    }

    private void cutOffOrSend(Problem refusal) throws IOException {
        if (super.isCommitted() || (out != null && !out.isFree())) {
            cutOff = !clientGone;
            UndertowConnection.cut(getResponse());
            throw brokenOff();
        }
        clear();
        sendProblem(refusal);
    }

    private @Nullable Problem refusalAtTheEnd() {
        int status = super.getStatus();
        if (problem != null) {
            return problem;
        }
        if (status >= 400 && !super.isCommitted()) {
            Problem sent = request == null ? null : request.exchange().tryRefusal();
            return sent != null && sent.status() == status ? sent : ofStatus(status);
        }
        if (gate == Gate.PASSING && !toHead && declaredLength() > written) {
            LOG.error("request {} was answered with {} bytes of {} declared", requestId, written, declaredLength());
            return Problem.INTERNAL_ERROR;
        }
        return null;
    }

    private static Problem ofStatus(int status) {
        return status > 599 ? Problem.INTERNAL_ERROR : Problem.ofStatus(status);
    }

    private void sendProblem(Problem refusal) {
        try {
            write((HttpServletResponse) getResponse(), came, refusal, texts, requestId);
        } catch (IOException failure) {
            LOG.debug("the client of request {} went away before its problem was sent", requestId, gone(failure));
        }
    }

    /** Writes its problem anew where the container has thrown away what was answered, to show a page of its own. */
    void writeAgain(HttpServletResponse containers, Problem otherwise) throws IOException {
        Problem refusal = problem;
        if (containers.isCommitted()) {
            return;
        }
        containers.reset();
        putOwnOn(containers);
        write(containers, came, refusal == null ? otherwise : refusal, texts, requestId);
    }

    /** Writes a problem in the client's language, or in English where that language cannot be found out. */
    static void write(
            HttpServletResponse response,
            HttpServletRequest request,
            Problem problem,
            ProblemTexts texts,
            String requestId)
            throws IOException {
        Problem worded = problem;
        try {
            worded = texts.in(problem, String.join(",", Collections.list(request.getHeaders("Accept-Language"))));
        } catch (RuntimeException failure) {
            LOG.error("the problem of request {} could not be translated", requestId, failure);
        }
        ProblemWriter.write(response, worded, requestId);
    }

    /** Says how it ended, once; also called where a container ends a request that nobody finished. */
    void end() {
        Consumer<Outcome> listener;
        // A timeout and the application may end a request at the same moment.
        synchronized (finished) {
            gate = Gate.ENDED;
            listener = whenEnded;
            whenEnded = null;
        }
        if (listener != null) {
            Ending ending = clientGone ? Ending.CLIENT_GONE : cutOff ? Ending.CUT_OFF : Ending.ANSWERED;
            if (request != null) {
                request.releaseBody();
            }
            listener.accept(new Outcome(super.getStatus(), written, ending, problem));
        }
    }

    // What the application says

    /** After the application's last word it counts as committed, as it would with the container's own response. */
    @Override
    public boolean isCommitted() {
        return problem != null || redirected || super.isCommitted();
    }

    /** The container would commit its own page at once. */
    @Override
    public void sendError(int status) {
        if (request != null && request.isIncluding()) {
            return;
        }
        if (status < 200) {
            throw new IllegalArgumentException("sendError takes an error status, was " + status);
        }
        if (super.isCommitted()) {
            throw new IllegalStateException("the answer is on its way already, so it cannot become status " + status);
        }
        if (status >= 400) {
            refuse(ofStatus(status));
        } else {
            resetBuffer();
            setStatus(status);
            if (passes()) {
                move(Gate.PASSING, Gate.BODILESS);
            }
        }
    }

    /** The message is for a person at a console and not for the client: it may say too much. */
    @Override
    public void sendError(int status, String message) {
        sendError(status);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        sendRedirect(location, SC_FOUND, true);
    }

    /** Overrides a method of Servlet 6.1. */
    public void sendRedirect(String location, int status) throws IOException {
        sendRedirect(location, status, true);
    }

    /** Overrides a method of Servlet 6.1. */
    public void sendRedirect(String location, boolean clearBuffer) throws IOException {
        sendRedirect(location, SC_FOUND, clearBuffer);
    }

    /**
     * Overrides a method of Servlet 6.1. The location is sent as it is (RFC 9110 section 10.2.2): some containers would
     * put the client's own {@code Host} before it.
     */
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        if (super.isCommitted()) {
            throw new IllegalStateException("the answer is on its way already, so it cannot become a redirect");
        }
        if (clearBuffer) {
            resetBuffer();
        }
        setHeader("Location", location);
        setStatus(status);
        if (passes() && move(Gate.PASSING, Gate.BODILESS)) {
            redirected = true;
        }
    }

    /** Once something was dropped under an error status, the answer stays an error until it is reset. */
    @Override
    public void setStatus(int status) {
        if (problem != null || gate == Gate.ENDED || (gate == Gate.DROPPING && status < 400)) {
            return;
        }
        if ((status < 200 && status != SC_SWITCHING_PROTOCOLS) || status > 599) {
            throw new IllegalArgumentException("status must be 200 to 599, was " + status);
        }
        super.setStatus(status);
    }

    @Override
    public int getStatus() {
        Problem refusal = problem;
        return refusal == null ? super.getStatus() : refusal.status();
    }

    @Override
    public void reset() {
        if (problem == null && gate != Gate.ENDED) {
            clear();
            forgetBody();
            writer = null;
            characters = null;
            streamTaken = false;
            redirected = false;
        }
    }

    @Override
    public void resetBuffer() {
        if (problem == null && gate != Gate.ENDED) {
            super.resetBuffer();
            forgetBody();
        }
    }

    private void forgetBody() {
        synchronized (finished) {
            if (problem != null || gate == Gate.ENDED) {
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

    // Its body

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (writer != null) {
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
        if (writer == null) {
            if (streamTaken) {
                throw new IllegalStateException(
                        "getOutputStream was called on this answer: write to that, or reset() first");
            }
            characters = new Characters(gated(), charset());
            writer = new PrintWriter(characters);
        }
        return writer;
    }

    @Override
    public void flushBuffer() throws IOException {
        if (passes() || gate == Gate.BODILESS) {
            sendLength();
            try {
                super.flushBuffer();
            } catch (IOException failure) {
                throw gone(failure);
            }
        }
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
        } else if (mayPass != null && !mayPass.getAsBoolean()) {
            refuse(Problem.INTERNAL_ERROR);
        } else if (status == SC_NO_CONTENT || status == SC_NOT_MODIFIED || status == SC_RESET_CONTENT) {
            move(Gate.UNDECIDED, Gate.BODILESS);
        } else {
            move(Gate.UNDECIDED, Gate.PASSING);
        }
    }

    /** The container's own stream. */
    ServletOutputStream containersStream() throws IOException {
        return super.getOutputStream();
    }

    IOException gone(IOException failure) {
        clientGone = true;
        return failure;
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
            sendLength();
        }
        return true;
    }

    WriteListener guarded(WriteListener listener) {
        return request == null ? listener : new GuardedWriting(listener, request);
    }
}
