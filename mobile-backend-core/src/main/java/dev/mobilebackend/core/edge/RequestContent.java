// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.MediaType;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.transport.BodyPolicy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request carries: its body, read once as a stream, as characters, as a form or in parts, counted and digested
 * as it is read. Parameters are parsed here, since a container would read a form past us.
 */
final class RequestContent {

    private static final Logger LOG = LoggerFactory.getLogger(RequestContent.class);

    private static final Problem UNSUPPORTED_CODING =
            Problem.of(415, "unsupported-coding", "The body's content coding is not accepted here.");

    private final EdgeRequest request;
    private final HttpServletRequest containers;
    private final BodyPolicy policy;
    private final WaitingReaders waiting;
    private final @Nullable PayloadDigest digest;
    private Inflated.@Nullable Coding coding;
    private @Nullable ServletInputStream body;
    private @Nullable EdgeBody wire;
    private @Nullable BufferedReader reader;
    private boolean streamTaken;
    private byte @Nullable [] form;
    private @Nullable Parts parts;
    private @Nullable Map<String, String[]> parameters;
    private @Nullable String parametersOf;

    RequestContent(EdgeRequest request, BodyPolicy policy, WaitingReaders waiting, @Nullable PayloadDigest digest) {
        this.request = request;
        this.containers = (HttpServletRequest) request.getRequest();
        this.policy = policy;
        this.waiting = waiting;
        this.digest = digest;
    }

    /**
     * Refuses what cannot be bounded or digested as it is read: a body that says itself that it is too large, and
     * parts, which the container reads past us.
     */
    void check() {
        long length = containers.getContentLengthLong();
        if (length > policy.maximum()) {
            throw EdgeBody.tooLarge(policy).exception();
        }
        coding = coding();
        if (!Parts.mayBeIn(request.getContentType())) {
            return;
        }
        if (coding != null) {
            throw unsupportedCoding("a multipart body may not be compressed", "identity");
        }
        if (digest != null) {
            throw Problem.UNSUPPORTED_MEDIA_TYPE
                    .detail("a request with an Idempotency-Key may not be multipart")
                    .exception();
        }
        if (length < 0) {
            throw Problem.LENGTH_REQUIRED
                    .detail("a multipart body must say how long it is")
                    .exception();
        }
    }

    /** Refuses what neither we nor the handler could undo. */
    private Inflated.@Nullable Coding coding() {
        String field = containers.getHeader("Content-Encoding");
        if (field == null || field.isBlank() || field.strip().equalsIgnoreCase("identity")) {
            return null;
        }
        Inflated.Coding named = Inflated.Coding.named(field);
        boolean oneLine =
                Collections.list(containers.getHeaders("Content-Encoding")).size() == 1;
        if (named == null || !oneLine) {
            throw unsupportedCoding("send the body as it is, or in one of these codings", Inflated.Coding.NAMES);
        }
        return named;
    }

    static RuntimeException unsupportedCoding(String detail, String codings) {
        return UNSUPPORTED_CODING
                .detail(detail)
                .error("header:Content-Encoding", codings)
                .header("Accept-Encoding", codings)
                .exception();
    }

    /** Whether the application sees another body than was sent. */
    boolean isCoded() {
        return coding != null;
    }

    // The body

    ServletInputStream stream() throws IOException {
        // Where a digest is taken, what the reader has left is still to be read.
        if (reader != null && digest == null) {
            throw new IllegalStateException("getReader was called on this request: read from that");
        }
        streamTaken = true;
        return body();
    }

    /** In UTF-8 unless the client or the application says otherwise: containers disagree on it. */
    BufferedReader reader() throws IOException {
        if (reader == null) {
            if (streamTaken) {
                throw new IllegalStateException("getInputStream was called on this request: read from that");
            }
            reader = new BufferedReader(new InputStreamReader(body(), charset()));
        }
        return reader;
    }

    private ServletInputStream body() throws IOException {
        if (body == null) {
            EdgeBody made = wire(coding == null ? digest : null);
            wire = made;
            body = coding == null ? made : new Inflated(made, coding, policy, digest);
        }
        return body;
    }

    private EdgeBody wire(@Nullable PayloadDigest into) throws IOException {
        return new EdgeBody(
                new ContainerBody(containers.getInputStream(), request),
                policy,
                containers.getContentLengthLong(),
                request.exchange().facts().client(),
                waiting,
                request.exchange()::elapsedNanos,
                into);
    }

    private Charset charset() {
        try {
            String encoding = request.getCharacterEncoding();
            return encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        } catch (IllegalArgumentException unknown) {
            throw Problem.UNSUPPORTED_MEDIA_TYPE
                    .detail("the charset of the body is not known here, send UTF-8")
                    .exception();
        }
    }

    // Parameters and parts

    /** The query's, then the form's: containers disagree on what cannot be decoded, and would read a form past us. */
    Map<String, String[]> parameters() {
        String current = request.getQueryString();
        if (parameters == null || !Objects.equals(current, parametersOf)) {
            String sent = request.queryAsSent();
            var all = new Form();
            if (current != null && !current.equals(sent)) {
                // A forward's own query, which goes first (Servlet 6.0 section 9.1.1).
                all.add(current, StandardCharsets.UTF_8);
            }
            if (sent != null) {
                all.add(sent, StandardCharsets.UTF_8);
            }
            if (isForm()) {
                Charset charset = charset();
                all.add(new String(form(), charset), charset);
            } else if (Parts.mayBeIn(request.getContentType())
                    && (body == null || containersParts().isRead())) {
                containersParts().addTo(all, charset());
            }
            parameters = all.toMap();
            parametersOf = current;
        }
        return parameters;
    }

    private boolean isForm() {
        return MediaType.of(request.getContentType()).equals("application/x-www-form-urlencoded");
    }

    private byte[] form() {
        try {
            if (form == null) {
                form = body().readAllBytes();
            }
            return form;
        } catch (IOException gone) {
            throw Problem.INCOMPLETE_BODY.exception();
        }
    }

    Collection<Part> parts() {
        Parts all = containersParts();
        if (body != null && !all.isRead()) {
            throw new IllegalStateException("the body of this request was read already, so its parts cannot be");
        }
        return all.all();
    }

    private Parts containersParts() {
        if (parts == null) {
            parts = new Parts(
                    containers, policy.parts(), request.exchange().facts().client(), waiting);
        }
        return parts;
    }

    // What is left of it

    /**
     * Reads to the end of the body, unless the container does so by itself; returns whether nothing is left. What the
     * client holds back until it is asked for stays there (RFC 9110 section 10.1.1).
     */
    boolean drain() {
        // Undertow lets go of a body that nobody has begun to read without waiting for it.
        return drain(EdgeBody::drain);
    }

    /** Reads what has come by now, and waits for nothing; returns whether nothing is left. */
    boolean drainArrived() {
        // Tomcat begins to read chunks that have not come, and takes back the answer where they are none.
        boolean unforeseeable = containers.getContentLengthLong() < 0 && Container.TOMCAT.serves(containers);
        return drain(rest -> unforeseeable ? rest.isOver() : rest.drainArrived());
    }

    private interface Draining {
        boolean drain(EdgeBody rest) throws IOException;
    }

    private boolean drain(Draining how) {
        if (wire == null && Container.UNDERTOW.serves(containers)) {
            return true;
        }
        if (wire == null && "100-continue".equalsIgnoreCase(containers.getHeader("Expect"))) {
            return false; // to read it would be to ask for it, and the final answer says that nobody does
        }
        try {
            if (wire == null) {
                wire = wire(null);
            }
            return how.drain(wire);
        } catch (IOException | RuntimeException unreadable) {
            LOG.debug("the rest of the body of request {} could not be read", requestId(), unreadable);
            return false;
        }
    }

    /** What its reader was refused with. */
    @Nullable
    Problem refusal() {
        Problem inflated = body instanceof Inflated coded ? coded.refusal() : null;
        return inflated == null && wire != null ? wire.refusal() : inflated;
    }

    /** Whether a listener has waited longer for the client than it need. */
    boolean isOverdue() {
        return wire != null && wire.isOverdue();
    }

    /**
     * Ends the request without the rest of its body. Tomcat would read it in this thread, however slowly it comes,
     * unless it is read by a listener, and a listener needs an async start; Undertow would unless the connection is
     * cut.
     */
    void leave() throws IOException {
        if (Container.UNDERTOW.serves(containers)) {
            EdgeResponse answer = request.response();
            answer.getResponse().flushBuffer();
            UndertowConnection.cut(answer);
        } else if (Container.TOMCAT.serves(containers) && request.isAsyncSupported() && !request.isAsyncStarted()) {
            AsyncContext end = containers.startAsync();
            containers.getInputStream().setReadListener(new Unheard());
            end.complete();
        }
    }

    private static final class Unheard implements ReadListener {

        @Override
        public void onDataAvailable() {
            // nobody wants it
        }

        @Override
        public void onAllDataRead() {
            // nobody wants it
        }

        @Override
        public void onError(Throwable failure) {
            // nobody waits for it
        }
    }

    /** Gives back what reading the body holds. */
    void release() {
        if (body instanceof Inflated inflated) {
            try {
                inflated.release();
            } catch (IOException | RuntimeException failure) {
                LOG.debug("the body of request {} could not be closed", requestId(), failure);
            }
        }
    }

    private String requestId() {
        return request.response().requestId();
    }
}
