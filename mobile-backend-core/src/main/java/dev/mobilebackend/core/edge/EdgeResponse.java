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
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
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
 * place.
 */
final class EdgeResponse extends HttpServletResponseWrapper {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeResponse.class);

    private enum Gate {
        UNDECIDED,
        PASSING,
        DROPPING
    }

    private final HttpServletRequest request;
    private final ProblemTexts texts;
    private final String requestId;
    private final AtomicBoolean finished = new AtomicBoolean();
    private Gate gate = Gate.UNDECIDED;
    private @Nullable BooleanSupplier mayPass;
    private @Nullable Consumer<Outcome> whenEnded;
    private long written;
    private volatile @Nullable Problem problem;
    private volatile boolean clientGone;
    private volatile boolean cutOff;
    private @Nullable String contentEncoding;
    private @Nullable ServletOutputStream out;
    private @Nullable PrintWriter writer;

    EdgeResponse(HttpServletResponse response, HttpServletRequest request, ProblemTexts texts, String requestId) {
        super(response);
        this.request = request;
        this.texts = texts;
        this.requestId = requestId;
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

    /** Whether this answer was refused after it had begun, so that the client must see it break off. */
    boolean isCutOff() {
        return cutOff;
    }

    IOException brokenOff() {
        return new IOException("request " + requestId + " failed after its answer had begun");
    }

    /** Ends this answer with a problem instead of what was written so far; one that is on its way is cut off. */
    void refuse(Problem refusal) {
        problem = refusal;
        gate = Gate.DROPPING;
        if (!isCommitted()) {
            super.resetBuffer();
            super.setStatus(refusal.status());
        }
    }

    /** Lets the container close the connection after this answer, where it has not begun. */
    void closeConnection() {
        if (!isCommitted()) {
            super.setHeader("Connection", "close");
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
            sendProblem(Problem.INTERNAL_ERROR);
        } finally {
            end();
        }
    }

    private void sendRest() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        passes();
        if (problem == null && getStatus() >= 400 && gate != Gate.PASSING) {
            problem = Problem.ofStatus(getStatus());
        }
        if (problem != null) {
            sendProblem(problem);
        }
    }

    private void sendProblem(Problem refusal) throws IOException {
        if (isCommitted()) {
            cutOff = !clientGone;
            throw brokenOff();
        }
        write((HttpServletResponse) getResponse(), request, refusal, texts, requestId);
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
            listener = whenEnded;
            whenEnded = null;
        }
        if (listener != null) {
            Ending ending = clientGone ? Ending.CLIENT_GONE : cutOff ? Ending.CUT_OFF : Ending.ANSWERED;
            listener.accept(new Outcome(getStatus(), written, ending, problem));
        }
    }

    /** The container would commit its own page at once. */
    @Override
    public void sendError(int status) {
        if (status < 400) {
            throw new IllegalArgumentException("sendError takes an error status, was " + status);
        }
        if (isCommitted()) {
            throw new IllegalStateException("the answer is on its way already, so it cannot become status " + status);
        }
        refuse(Problem.ofStatus(status));
    }

    /** The message is for a person at a console and not for the client: it may say too much. */
    @Override
    public void sendError(int status, String message) {
        sendError(status);
    }

    @Override
    public void setStatus(int status) {
        if (problem == null) {
            super.setStatus(status);
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (out == null) {
            out = new Gated(super.getOutputStream());
        }
        return out;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer == null) {
            writer =
                    new PrintWriter(new OutputStreamWriter(getOutputStream(), Charset.forName(getCharacterEncoding())));
        }
        return writer;
    }

    @Override
    public void flushBuffer() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        if (passes()) {
            super.flushBuffer();
        }
    }

    /** Held back until the first byte passes: a dropped body's coding must not stand on the problem's. */
    @Override
    public void setHeader(String name, String value) {
        if (gate != Gate.PASSING && name.equalsIgnoreCase("Content-Encoding")) {
            contentEncoding = value;
        } else {
            super.setHeader(name, value);
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (gate != Gate.PASSING && name.equalsIgnoreCase("Content-Encoding")) {
            contentEncoding = value;
        } else {
            super.addHeader(name, value);
        }
    }

    @Override
    public @Nullable String getHeader(String name) {
        boolean heldBack = gate != Gate.PASSING && name.equalsIgnoreCase("Content-Encoding");
        return heldBack ? contentEncoding : super.getHeader(name);
    }

    @Override
    public void setContentLength(int length) {
        if (passesSoFar()) {
            super.setContentLength(length);
        }
    }

    @Override
    public void setContentLengthLong(long length) {
        if (passesSoFar()) {
            super.setContentLengthLong(length);
        }
    }

    private boolean passesSoFar() {
        return gate == Gate.PASSING || (gate == Gate.UNDECIDED && getStatus() < 400);
    }

    /** Decides with the first byte, when the status is known. */
    private boolean passes() {
        if (gate == Gate.UNDECIDED) {
            gate = getStatus() < 400 ? Gate.PASSING : Gate.DROPPING;
            if (gate == Gate.PASSING && mayPass != null && !mayPass.getAsBoolean()) {
                refuse(Problem.INTERNAL_ERROR);
            }
            if (gate == Gate.PASSING && contentEncoding != null) {
                super.setHeader("Content-Encoding", contentEncoding);
            }
        }
        return gate == Gate.PASSING;
    }

    private final class Gated extends ServletOutputStream {

        private final ServletOutputStream delegate;

        Gated(ServletOutputStream delegate) {
            this.delegate = delegate;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (passes()) {
                try {
                    delegate.write(bytes, offset, length);
                    written += length;
                } catch (IOException gone) {
                    clientGone = true;
                    throw gone;
                }
            }
        }

        @Override
        public void flush() throws IOException {
            if (passes()) {
                delegate.flush();
            }
        }

        @Override
        public void close() throws IOException {
            if (passes()) {
                delegate.close();
            }
        }

        @Override
        public boolean isReady() {
            return delegate.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            delegate.setWriteListener(listener);
        }
    }
}
