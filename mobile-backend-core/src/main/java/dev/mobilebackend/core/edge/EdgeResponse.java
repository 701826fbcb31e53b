// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.problem.ProblemTexts;
import dev.mobilebackend.core.problem.ProblemWriter;
import dev.mobilebackend.core.transport.TransportStep;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer as the application sees it. Answers below 400 pass through as they are written. Whatever is written under
 * an error status, by a handler, a framework or the container, is dropped, and {@link #finish} writes a problem in its
 * place, with the edge's own fields and none of the handler's: the one that an {@code Answer.problem} stands for, or
 * what the status says. Where containers disagree, this decides.
 */
final class EdgeResponse extends AnswerBody {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeResponse.class);
    private static final int CAUSES = 10;

    private boolean redirected;
    private boolean finished;
    private volatile boolean cutOff;
    private volatile boolean takenOver;

    EdgeResponse(HttpServletResponse response, Passage passage) {
        super(response, passage);
    }

    String requestId() {
        return passage().exchange().facts().requestId();
    }

    /** Whether this answer was refused after it had begun, so that the client must see it break off. */
    boolean isCutOff() {
        return cutOff;
    }

    IOException brokenOff() {
        return new IOException("request " + requestId() + " failed after its answer had begun");
    }

    /**
     * The body of the request could not be read. By then Tomcat has refused it by itself, and will ask the edge for a
     * page; Undertow has hung up. Nothing of ours had begun: no error of an application's passes before its end.
     */
    void bodyLost(Problem refusal) {
        boolean hungUp = UndertowConnection.isCut(getResponse());
        if (hungUp || (super.isCommitted() && super.getStatus() >= 400)) {
            takenOver = true;
            if (hungUp) {
                loseClient();
            }
            keepOwn();
            setOwn("Connection", "close");
            // After any other status than its own Tomcat would wait for a silent client once more.
            if (refusal() == null || refusal.status() == 408) {
                refuse(refusal);
            }
        }
    }

    // The end of an answer

    /** Ends this answer with the problem that a failure stands for; what stands for none is logged. */
    void fail(Throwable failure) {
        ProblemException refusal = refusalIn(failure);
        if (isClientGone()) {
            LOG.debug("the client of request {} went away before its answer", requestId(), failure);
        } else if (refusal == null) {
            LOG.error("request {} failed", requestId(), failure);
        }
        refuse(refusal == null ? Problem.INTERNAL_ERROR : refusal.problem());
    }

    private static @Nullable ProblemException refusalIn(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES; depth++, cause = cause.getCause()) {
            if (cause instanceof ProblemException refusal) {
                return refusal;
            }
        }
        return null;
    }

    /**
     * Lets the container close the connection after this answer, where it has not begun. Later versions of HTTP have no
     * such field (RFC 9113 section 8.2.2).
     */
    void closeConnection() {
        if (!super.isCommitted() && passage().exchange().protocol().startsWith("HTTP/1")) {
            setOwn("Connection", "close");
        }
    }

    /**
     * Sends what is still to be sent; every call after the first does nothing.
     *
     * @throws IOException if the answer was refused after it had begun, so that the container cuts the connection
     */
    void finish() throws IOException {
        synchronized (passage()) {
            if (finished) {
                return;
            }
            finished = true;
        }
        try {
            sendRest();
        } catch (RuntimeException failure) {
            LOG.error("the answer to request {} could not be finished", requestId(), failure);
            refuse(Problem.INTERNAL_ERROR);
            cutOffOrSend(Problem.INTERNAL_ERROR);
        } finally {
            end();
        }
    }

    private void sendRest() throws IOException {
        passes();
        Problem refusal = refusalAtTheEnd();
        if (refusal == null) {
            sendNotModified();
            sendLength();
        } else {
            refuse(refusal);
            cutOffOrSend(refusal);
        }
    }

    private void cutOffOrSend(Problem refusal) throws IOException {
        if (takenOver) {
            return;
        }
        if (super.isCommitted() || !isFree()) {
            cutOff = !isClientGone();
            UndertowConnection.cut(getResponse());
            throw brokenOff();
        }
        clear();
        try {
            write((HttpServletResponse) getResponse(), refusal);
        } catch (IOException failure) {
            LOG.debug("the client of request {} went away before its problem was sent", requestId(), gone(failure));
        }
    }

    /** A framework that wraps what it was told when it read the body would answer with something else. */
    private @Nullable Problem refusalAtTheEnd() {
        Problem found = ownRefusalAtTheEnd();
        Problem ofBody = found == null ? null : passage().request().bodyRefusal();
        return ofBody == null ? found : ofBody;
    }

    private @Nullable Problem ownRefusalAtTheEnd() {
        if (refusal() != null) {
            return refusal();
        }
        int status = super.getStatus();
        if (status >= 400 && !super.isCommitted()) {
            Problem sent = passage().exchange().tryRefusal();
            Problem bare = Problem.ofStatus(status);
            Problem answered = sent != null && sent.status() == status ? sent : bare;
            if (isDropping() && answered.equals(bare)) {
                LOG.debug(
                        "what was written under status {} to request {} is replaced by '{}': throw or send a Problem to say more",
                        status,
                        requestId(),
                        bare.code());
            }
            return answered;
        }
        if (hasBody() && declaredLength() > written() && !isToHead()) {
            LOG.error("request {} was answered with {} bytes of {} declared", requestId(), written(), declaredLength());
            return Problem.INTERNAL_ERROR;
        }
        return null;
    }

    /** Writes its problem anew where the container has thrown away what was answered, to show a page of its own. */
    void writeAgain(HttpServletResponse containers, Problem otherwise) throws IOException {
        if (containers.isCommitted()) {
            return;
        }
        Problem refusal = refusal() == null ? otherwise : refusal();
        containers.reset();
        OwnFields own = own();
        if (own == null) {
            TransportStep.loneFields(refusal, requestId()).forEach(containers::setHeader);
        } else {
            own.putOn(containers);
        }
        write(containers, refusal);
    }

    private void write(HttpServletResponse containers, Problem refusal) throws IOException {
        write(containers, passage().request(), refusal, passage().steps().texts(), requestId());
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

    /** Whether the application has answered, and not with an error. */
    boolean isAnswered() {
        passes();
        return refusal() == null && super.getStatus() < 400;
    }

    /** Lets a finished answer leave before the request has ended. */
    void letGo() {
        try {
            getResponse().getOutputStream().close();
        } catch (IOException gone) {
            LOG.debug("the client of request {} went away before its answer", requestId(), gone);
        }
    }

    /** Says how it ended, once; also called where a container ends a request that nobody finished. */
    void end() {
        if (close()) {
            Ending ending = isClientGone() ? Ending.CLIENT_GONE : cutOff ? Ending.CUT_OFF : Ending.ANSWERED;
            passage().end(new Outcome(takenOver ? getStatus() : super.getStatus(), written(), ending, refusal()));
        }
    }

    // What the application says

    /** After the application's last word it counts as committed, as it would with the container's own response. */
    @Override
    public boolean isCommitted() {
        return refusal() != null || redirected || super.isCommitted();
    }

    /** The container would commit its own page at once. */
    @Override
    public void sendError(int status) {
        if (passage().request().isIncluding()) {
            return;
        }
        if (status < 200) {
            throw new IllegalArgumentException("sendError takes an error status, was " + status);
        }
        if (super.isCommitted()) {
            throw new IllegalStateException("the answer is on its way already, so it cannot become status " + status);
        }
        if (status >= 400) {
            refuse(Problem.ofStatus(status));
        } else {
            resetBuffer();
            setStatus(status);
            passWithoutBody();
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
        if (passWithoutBody()) {
            redirected = true;
        }
    }

    /** Once something was dropped under an error status, the answer stays an error until it is reset. */
    @Override
    public void setStatus(int status) {
        if (!isOpen() || (isDropping() && status < 400)) {
            return;
        }
        if ((status < 200 && status != SC_SWITCHING_PROTOCOLS) || status > 599) {
            throw new IllegalArgumentException("status must be 200 to 599, was " + status);
        }
        super.setStatus(status);
    }

    @Override
    public int getStatus() {
        Problem refusal = refusal();
        return refusal == null ? super.getStatus() : refusal.status();
    }

    @Override
    public void reset() {
        if (isOpen()) {
            super.reset();
            redirected = false;
        }
    }
}
