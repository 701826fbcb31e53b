// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemTexts;
import dev.mobilebackend.core.problem.ProblemWriter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer as the application sees it. Answers below 400 pass through as they are written. Whatever is written under
 * an error status, by a handler, a framework or the container, is dropped, and {@link #finish} writes a problem in its
 * place, with the edge's own fields and none of the handler's. Where containers disagree, this decides.
 */
final class EdgeResponse extends HttpServletResponseWrapper {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeResponse.class);
    private static final String CONTENT_LENGTH = "Content-Length";
    private static final String CONTENT_TYPE = "Content-Type";

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
    private final OwnFields own = new OwnFields();
    private final AtomicBoolean finished = new AtomicBoolean();
    private @Nullable EdgeRequest request;
    private @Nullable BooleanSupplier mayPass;
    private @Nullable Consumer<Outcome> whenEnded;
    private boolean admitted;
    private boolean toHead;
    private volatile Gate gate = Gate.UNDECIDED;
    private volatile @Nullable Problem problem;
    private volatile boolean clientGone;
    private volatile boolean cutOff;
    private boolean redirected;
    private long written;
    private long declaredLength = -1;
    private boolean lengthSent;
    private @Nullable String encoding;
    private boolean encodingSet;
    private @Nullable Gated out;
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

    /** The steps are done: fields set from now on are the application's, and go with its answer only. */
    void admitted() {
        admitted = true;
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

    boolean isEnded() {
        return gate == Gate.ENDED;
    }

    IOException brokenOff() {
        return new IOException("request " + requestId + " failed after its answer had begun");
    }

    // The end of an answer

    /** Ends this answer with a problem instead of what was written so far; one that is on its way is cut off. */
    void refuse(Problem refusal) {
        if (gate != Gate.ENDED) {
            problem = refusal;
            gate = Gate.DROPPING;
        }
    }

    /** Lets the container close the connection after this answer, where it has not begun. */
    void closeConnection() {
        if (!super.isCommitted()) {
            own.set("Connection", "close");
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
            return ofStatus(status);
        }
        if (gate == Gate.PASSING && !toHead && declaredLength > written) {
            LOG.error("request {} was answered with {} bytes of {} declared", requestId, written, declaredLength);
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
        own.putOn(containers);
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
        gate = Gate.ENDED;
        Consumer<Outcome> listener;
        // A timeout and the application may end a request at the same moment.
        synchronized (finished) {
            listener = whenEnded;
            whenEnded = null;
        }
        if (listener != null) {
            Ending ending = clientGone ? Ending.CLIENT_GONE : cutOff ? Ending.CUT_OFF : Ending.ANSWERED;
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
                gate = Gate.BODILESS;
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
        if (passes()) {
            gate = Gate.BODILESS;
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
            encoding = null;
            writer = null;
            characters = null;
            streamTaken = false;
            redirected = false;
        }
    }

    /** Only the edge's own fields are left. */
    private void clear() {
        super.reset();
        if (encodingSet) {
            // Undertow would put it on whatever is sent in its place.
            super.setCharacterEncoding(null);
            encodingSet = false;
        }
        own.putOn((HttpServletResponse) getResponse());
    }

    @Override
    public void resetBuffer() {
        if (problem == null && gate != Gate.ENDED) {
            super.resetBuffer();
            forgetBody();
        }
    }

    private void forgetBody() {
        gate = Gate.UNDECIDED;
        written = 0;
        declaredLength = -1;
        lengthSent = false;
        if (characters != null) {
            characters.drop();
        }
        if (out != null) {
            out.closed = false;
        }
    }

    // Its fields

    @Override
    public void setHeader(String name, String value) {
        if (!admitted) {
            own.set(name, value);
            super.setHeader(name, value);
        } else if (isLength(name)) {
            setContentLengthLong(Long.parseLong(value.strip()));
        } else if (gate != Gate.ENDED) {
            noteEncoding(name, value);
            super.setHeader(name, oneLine(name, value));
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (!admitted) {
            own.add(name, value);
            super.addHeader(name, value);
        } else if (isLength(name)) {
            setContentLengthLong(Long.parseLong(value.strip()));
        } else if (gate != Gate.ENDED) {
            noteEncoding(name, value);
            super.addHeader(name, oneLine(name, value));
        }
    }

    @Override
    public void addCookie(Cookie cookie) {
        addHeader("Set-Cookie", SetCookie.of(cookie));
    }

    @Override
    public void setIntHeader(String name, int value) {
        if (isLength(name)) {
            setContentLengthLong(value);
        } else {
            super.setIntHeader(name, value);
        }
    }

    private static boolean isLength(String name) {
        return name.length() == CONTENT_LENGTH.length() && name.equalsIgnoreCase(CONTENT_LENGTH);
    }

    /** Containers disagree on what becomes of a line break: some let it begin another field. */
    private static String oneLine(String name, String value) {
        if (value != null && (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0)) {
            throw new IllegalArgumentException("the value of the field " + name + " must be one line");
        }
        return value;
    }

    @Override
    public boolean containsHeader(String name) {
        return isLength(name) ? declaredLength >= 0 : super.containsHeader(name);
    }

    @Override
    public @Nullable String getHeader(String name) {
        if (isLength(name)) {
            return declaredLength < 0 ? null : Long.toString(declaredLength);
        }
        return super.getHeader(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        if (isLength(name)) {
            return declaredLength < 0 ? List.of() : List.of(Long.toString(declaredLength));
        }
        return super.getHeaders(name);
    }

    @Override
    public void setContentLength(int length) {
        setContentLengthLong(length);
    }

    /** Held back until the body leaves: Jetty ends an answer as soon as it is as long as it was declared. */
    @Override
    public void setContentLengthLong(long length) {
        if (!lengthSent) {
            declaredLength = length;
        }
    }

    private void sendLength() {
        if (!lengthSent && declaredLength >= 0 && gate == Gate.PASSING && !super.isCommitted()) {
            lengthSent = true;
            super.setContentLengthLong(declaredLength);
        }
    }

    @Override
    public void setContentType(String type) {
        noteEncoding(CONTENT_TYPE, type);
        super.setContentType(oneLine(CONTENT_TYPE, type));
    }

    @Override
    public void setLocale(Locale locale) {
        encodingSet = true;
        super.setLocale(locale);
        super.setHeader("Content-Language", locale.toLanguageTag());
    }

    private void noteEncoding(String name, @Nullable String value) {
        if (value == null || name.length() != CONTENT_TYPE.length() || !name.equalsIgnoreCase(CONTENT_TYPE)) {
            return;
        }
        int at = value.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (at >= 0) {
            encodingSet = true;
            int start = at + "charset=".length();
            int end = value.indexOf(';', start);
            encoding = value.substring(start, end < 0 ? value.length() : end)
                    .replace('"', ' ')
                    .strip();
        }
    }

    @Override
    public void setCharacterEncoding(String name) {
        encoding = name;
        if (isKnown(name)) {
            encodingSet = true;
            super.setCharacterEncoding(name);
        }
    }

    /** Overrides a method of Servlet 6.1. */
    public void setCharacterEncoding(Charset charset) {
        setCharacterEncoding(charset.name());
    }

    private static boolean isKnown(String charset) {
        try {
            return Charset.isSupported(charset);
        } catch (IllegalArgumentException notEvenAName) {
            return false;
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

    private Gated gated() {
        Gated stream = out;
        if (stream == null) {
            stream = new Gated();
            out = stream;
        }
        return stream;
    }

    /** In UTF-8 unless the application has chosen: containers disagree on what it is otherwise. */
    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer == null) {
            if (streamTaken) {
                throw new IllegalStateException(
                        "getOutputStream was called on this answer: write to that, or reset() first");
            }
            String chosen = encoding;
            if (chosen != null && !isKnown(chosen)) {
                throw new UnsupportedEncodingException("there is no character encoding '" + chosen + "'");
            }
            Charset charset = chosen == null ? StandardCharsets.UTF_8 : Charset.forName(chosen);
            if (gate != Gate.ENDED) {
                encodingSet = true;
                super.setCharacterEncoding(charset.name());
            }
            characters = new Characters(gated(), charset);
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
    private boolean passes() {
        if (gate == Gate.UNDECIDED) {
            decide();
        }
        return gate == Gate.PASSING;
    }

    private void decide() {
        int status = super.getStatus();
        if (status >= 400) {
            gate = Gate.DROPPING;
        } else if (mayPass != null && !mayPass.getAsBoolean()) {
            refuse(Problem.INTERNAL_ERROR);
        } else if (status == SC_NO_CONTENT || status == SC_NOT_MODIFIED || status == SC_RESET_CONTENT) {
            gate = Gate.BODILESS;
        } else {
            gate = Gate.PASSING;
        }
    }

    private ServletOutputStream containers() throws IOException {
        return super.getOutputStream();
    }

    private IOException gone(IOException failure) {
        clientGone = true;
        return failure;
    }

    /** The one stream of this answer. Whoever kept it longer than the request lasts writes to nothing. */
    private final class Gated extends ServletOutputStream {

        private @Nullable ServletOutputStream delegate;
        private boolean listening;
        private boolean closed;

        @Override
        public void write(int b) throws IOException {
            if (begin(1)) {
                try {
                    delegate().write(b);
                } catch (IOException failure) {
                    throw gone(failure);
                }
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0 && begin(length)) {
                try {
                    delegate().write(bytes, offset, length);
                } catch (IOException failure) {
                    throw gone(failure);
                }
            }
        }

        private ServletOutputStream delegate() throws IOException {
            ServletOutputStream stream = delegate;
            if (stream == null) {
                stream = containers();
                delegate = stream;
            }
            return stream;
        }

        /** Whether these bytes may pass; they are counted. */
        private boolean begin(int length) throws IOException {
            if (closed || !passes()) {
                return false;
            }
            if (declaredLength >= 0 && written + length > declaredLength) {
                refuse(Problem.INTERNAL_ERROR);
                throw new IOException("the handler declared " + declaredLength + " bytes and wrote more");
            }
            written += length;
            if (written > SURELY_HELD) {
                sendLength();
            }
            return true;
        }

        @Override
        public void flush() throws IOException {
            if (!closed && passes()) {
                sendLength();
                try {
                    delegate().flush();
                } catch (IOException failure) {
                    throw gone(failure);
                }
            }
        }

        /** Ends the body for the application; the container's stream is ended with the request, which may still fail. */
        @Override
        public void close() {
            closed = true;
        }

        /** With a write listener, a container takes nothing while an earlier write is under way. */
        boolean isFree() {
            return !listening || isReady();
        }

        @Override
        public boolean isReady() {
            try {
                return gate == Gate.ENDED || delegate().isReady();
            } catch (IOException failure) {
                throw new UncheckedIOException(gone(failure));
            }
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            if (gate == Gate.ENDED) {
                return;
            }
            listening = true;
            try {
                delegate().setWriteListener(request == null ? listener : new GuardedWriting(listener, request));
            } catch (IOException failure) {
                throw new UncheckedIOException(gone(failure));
            }
        }
    }
}
