// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.ForwardingFields;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.transport.BodyPolicy;
import dev.mobilebackend.core.transport.HeadPolicy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request as the application sees it: its body counted and digested as it is read, its async start under our eyes.
 * Parameters are parsed here, since a container would read a form past us.
 */
final class EdgeRequest extends HttpServletRequestWrapper {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeRequest.class);
    private static final String ATTRIBUTE = "dev.mobilebackend.edge.request";

    private static final Problem UNSUPPORTED_CODING =
            Problem.of(415, "unsupported-coding", "The body's content coding is not accepted here.");

    private static final List<String> METHOD_OVERRIDES =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    /** What was true of a body before it was inflated. */
    private static final List<String> CODED = List.of("Content-Encoding", "Content-Length");

    private final EdgeResponse response;
    private final BodyPolicy policy;
    private final WaitingReaders waiting;
    private final LongSupplier ticks;
    private final @Nullable PayloadDigest digest;
    private final Exchange exchange;
    private Inflated.@Nullable Coding coding;
    private @Nullable ServletInputStream body;
    private @Nullable EdgeBody wire;
    private @Nullable BufferedReader reader;
    private final @Nullable String query;
    private boolean streamTaken;
    private byte @Nullable [] form;
    private @Nullable Parts parts;
    private @Nullable Map<String, String[]> parameters;
    private @Nullable String parametersOf;
    private volatile @Nullable EdgeAsync async;
    private boolean servedAsGet;

    EdgeRequest(
            HttpServletRequest request,
            EdgeResponse response,
            RequestFacts facts,
            BodyPolicy policy,
            WaitingReaders waiting,
            @Nullable PayloadDigest digest,
            LongSupplier ticks) {
        super(request);
        boolean vouched = request instanceof ForwardedRequest forwarded
                && forwarded.sender().known();
        exchange = new Exchange(this, vouched ? null : request, response, facts, digest, ticks);
        this.response = response;
        this.policy = policy;
        this.waiting = waiting;
        this.ticks = ticks;
        this.query = request.getQueryString();
        response.answers(this, facts.method().equals("HEAD"));
        this.digest = digest;
    }

    /** HEAD on a route for GET: frameworks run its handler, and the container sends no body (RFC 9110 section 9.3.2). */
    @Override
    public String getMethod() {
        return servedAsGet ? "GET" : super.getMethod();
    }

    void serveAsGet() {
        servedAsGet = true;
    }

    @Override
    public String getServletPath() {
        try {
            return super.getServletPath();
        } catch (IllegalArgumentException ambiguous) {
            throw ambiguousPath();
        }
    }

    @Override
    public @Nullable String getPathInfo() {
        try {
            return super.getPathInfo();
        } catch (IllegalArgumentException ambiguous) {
            throw ambiguousPath();
        }
    }

    /** Jetty does not decode the likes of {@code %252f}, and a servlet that asks for its path is not to blame. */
    private static RuntimeException ambiguousPath() {
        return Problem.MALFORMED_REQUEST
                .detail("the path can be read in more than one way")
                .exception();
    }

    /**
     * Frameworks that obey an override would run a handler under another route's rule, and those that read forwarding
     * fields would believe what the client wrote there.
     */
    @Override
    public @Nullable String getHeader(String name) {
        return isHidden(name) ? null : super.getHeader(name);
    }

    @Override
    public int getIntHeader(String name) {
        return isHidden(name) ? -1 : super.getIntHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = new ArrayList<>(Collections.list(super.getHeaderNames()));
        names.removeIf(this::isHidden);
        return Collections.enumeration(names);
    }

    /** As it was sent: Jetty fails on one whose charset it does not know. */
    @Override
    public @Nullable String getContentType() {
        return super.getHeader("Content-Type");
    }

    private boolean isHidden(String header) {
        return isOneOf(METHOD_OVERRIDES, header)
                || ForwardingFields.contains(header)
                || (coding != null && isOneOf(CODED, header));
    }

    private static boolean isOneOf(List<String> names, String header) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(header)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int getContentLength() {
        return coding == null ? super.getContentLength() : -1;
    }

    @Override
    public long getContentLengthLong() {
        return coding == null ? super.getContentLengthLong() : -1;
    }

    static Optional<EdgeRequest> find(ServletRequest request) {
        return Optional.ofNullable((EdgeRequest) request.getAttribute(ATTRIBUTE));
    }

    Exchange exchange() {
        return exchange;
    }

    /** Found without being stored: on Jetty the first attribute of a request makes a map. */
    @Override
    public @Nullable Object getAttribute(String name) {
        if (name.equals(Exchange.ATTRIBUTE)) {
            return exchange;
        }
        return name.equals(ATTRIBUTE) ? this : super.getAttribute(name);
    }

    /** Stores what a container's own dispatch must find on the request that it knows. */
    void attach() {
        super.setAttribute(ATTRIBUTE, this);
        super.setAttribute(Exchange.ATTRIBUTE, exchange);
    }

    EdgeResponse response() {
        return response;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        // Where a digest is taken, what the reader has left is still to be read.
        if (reader != null && digest == null) {
            throw new IllegalStateException("getReader was called on this request: read from that");
        }
        streamTaken = true;
        return body();
    }

    private ServletInputStream body() throws IOException {
        if (body == null) {
            body = body(new ContainerBody(super.getInputStream(), this));
        }
        return body;
    }

    private ServletInputStream body(ServletInputStream in) {
        EdgeBody made = wire(in, coding == null ? digest : null);
        wire = made;
        return coding == null ? made : new Inflated(made, coding, policy, digest);
    }

    private EdgeBody wire(ServletInputStream in, @Nullable PayloadDigest into) {
        long length = super.getContentLengthLong();
        return new EdgeBody(in, policy, length, exchange.facts().client(), waiting, ticks, into);
    }

    /** In UTF-8 unless the client or the application says otherwise: containers disagree on it. */
    @Override
    public BufferedReader getReader() throws IOException {
        if (reader == null) {
            if (streamTaken) {
                throw new IllegalStateException("getInputStream was called on this request: read from that");
            }
            reader = new BufferedReader(new InputStreamReader(body(), charset()));
        }
        return reader;
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = parameters().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Collections.unmodifiableMap(parameters());
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(parameters().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return parameters().get(name);
    }

    /** The query's, then the form's: containers disagree on what cannot be decoded, and would read a form past us. */
    private Map<String, String[]> parameters() {
        String current = getQueryString();
        if (parameters == null || !Objects.equals(current, parametersOf)) {
            var all = new Form();
            if (current != null && !current.equals(query)) {
                // A forward's own query, which goes first (Servlet 6.0 section 9.1.1).
                all.add(current, StandardCharsets.UTF_8);
            }
            if (query != null) {
                all.add(query, StandardCharsets.UTF_8);
            }
            if (mediaType().equals("application/x-www-form-urlencoded")) {
                Charset charset = charset();
                all.add(new String(formBody(), charset), charset);
            } else if (Parts.mayBeIn(getContentType()) && (body == null || parts().isRead())) {
                parts().addTo(all, charset());
            }
            parameters = all.toMap();
            parametersOf = current;
        }
        return parameters;
    }

    private byte[] formBody() {
        try {
            if (form == null) {
                form = body().readAllBytes();
            }
            return form;
        } catch (IOException gone) {
            throw Problem.INCOMPLETE_BODY.exception();
        }
    }

    @Override
    public Collection<Part> getParts() {
        Parts all = parts();
        if (body != null && !all.isRead()) {
            throw new IllegalStateException("the body of this request was read already, so its parts cannot be");
        }
        return all.all();
    }

    @Override
    public @Nullable Part getPart(String name) {
        for (Part part : getParts()) {
            if (part.getName().equals(name)) {
                return part;
            }
        }
        return null;
    }

    private Parts parts() {
        if (parts == null) {
            var containers = (HttpServletRequest) getRequest();
            parts = new Parts(containers, policy.parts(), exchange.facts().client(), waiting);
        }
        return parts;
    }

    private String mediaType() {
        String type = getContentType();
        if (type == null) {
            return "";
        }
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private Charset charset() {
        try {
            String encoding = getCharacterEncoding();
            return encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        } catch (IllegalArgumentException unknown) {
            throw Problem.UNSUPPORTED_MEDIA_TYPE
                    .detail("the charset of the body is not known here, send UTF-8")
                    .exception();
        }
    }

    /** Jetty and Tomcat would hand the unwrapped response to an async start without arguments. */
    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse answer) {
        attach();
        EdgeAsync started = new EdgeAsync(super.startAsync(request, answer), response);
        async = started;
        return started;
    }

    @Override
    public AsyncContext getAsyncContext() {
        EdgeAsync started = async;
        return started == null ? super.getAsyncContext() : started;
    }

    /** Whether somebody else will complete this request. Asked instead of the container, which forgets on completion. */
    boolean isHandedOver() {
        return async != null;
    }

    @Nullable
    EdgeAsync handedOver() {
        return async;
    }

    /** The container has dispatched the request to us again, and it is ours until the next async start. */
    void takeBack() {
        async = null;
    }

    /** Whether another servlet is including this one: what that sends as an error is not the answer's. */
    boolean isIncluding() {
        return getDispatcherType() == DispatcherType.INCLUDE;
    }

    /** Ends an async request with a failure, once its listener has heard of it, unless it has ended. */
    void failAsync(Throwable failure, Consumer<Throwable> listener) {
        try {
            listener.accept(failure);
        } catch (Throwable another) {
            LOG.warn("a listener of request {} failed to hear of a failure", response.requestId(), another);
        }
        EdgeAsync running = async;
        if (running != null && !running.isEnded()) {
            running.fail(failure);
        }
    }

    /**
     * Refuses before the handler what cannot be bounded or digested as it is read: a body that says itself that it is
     * too large, and parts, which the container reads past us.
     */
    void checkBody() {
        if (getContentLengthLong() > policy.maximum()) {
            throw EdgeBody.tooLarge(policy).exception();
        }
        coding = coding();
        if (!Parts.mayBeIn(getContentType())) {
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
        if (getContentLengthLong() < 0) {
            throw Problem.LENGTH_REQUIRED
                    .detail("a multipart body must say how long it is")
                    .exception();
        }
    }

    /** Refuses what neither we nor the handler could undo. */
    private Inflated.@Nullable Coding coding() {
        String field = super.getHeader("Content-Encoding");
        if (field == null || field.isBlank() || field.strip().equalsIgnoreCase("identity")) {
            return null;
        }
        Inflated.Coding named = Inflated.Coding.named(field);
        boolean oneLine = Collections.list(super.getHeaders("Content-Encoding")).size() == 1;
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

    /** Refuses a head that is larger than the policy says. */
    void checkHead(HeadPolicy head) {
        if (getRequestURI().length() + (query == null ? 0 : query.length() + 1) > head.address()) {
            throw Problem.URI_TOO_LONG
                    .detail("path and query may have up to " + head.address() + " characters")
                    .exception();
        }
        if (head.countsFields()) {
            countFields(head);
        }
    }

    private void countFields(HeadPolicy head) {
        int fields = 0;
        long bytes = 0;
        for (String name : Collections.list(super.getHeaderNames())) {
            for (String value : Collections.list(super.getHeaders(name))) {
                fields++;
                bytes += name.length() + value.length();
            }
        }
        if (fields > head.fields() || bytes > head.bytes()) {
            throw Problem.HEADERS_TOO_LARGE
                    .detail("a request may have up to " + head.fields() + " header fields of " + head.bytes()
                            + " bytes together")
                    .exception();
        }
    }

    /**
     * Reads what the application has left of the body, as containers do so that the connection can be used again, but
     * within the body's limits.
     *
     * @return whether nothing is left
     */
    boolean drainBody() {
        long length = super.getContentLengthLong();
        if (length == 0 || (length < 0 && super.getHeader("Transfer-Encoding") == null) || drainsByItself()) {
            return true;
        }
        try {
            if (wire == null) {
                wire = wire(new ContainerBody(super.getInputStream(), this), null);
            }
            return wire.drain();
        } catch (IOException | RuntimeException unreadable) {
            LOG.debug("the rest of the body of request {} could not be read", response.requestId(), unreadable);
            return false;
        }
    }

    /** Gives back what reading the body holds, after the request has ended. */
    void releaseBody() {
        if (body instanceof Inflated inflated) {
            try {
                inflated.release();
            } catch (IOException | RuntimeException failure) {
                LOG.debug("the body of request {} could not be closed", response.requestId(), failure);
            }
        }
    }

    /** Undertow lets go of a body that nobody has begun to read without waiting for it. */
    private boolean drainsByItself() {
        return wire == null && isOnUndertow();
    }

    private boolean isOnUndertow() {
        return getServletContext().getClass().getName().startsWith("io.undertow.");
    }

    /**
     * Ends the request without the rest of its body. Tomcat would read it in this thread, however slowly it comes,
     * unless it is read by a listener, and a listener needs an async start; Undertow would unless the connection is cut.
     */
    void leaveBody() throws IOException {
        if (isOnUndertow()) {
            response.getResponse().flushBuffer();
            UndertowConnection.cut(response);
        } else if (isAsyncSupported() && !isAsyncStarted()) {
            AsyncContext end = getRequest().startAsync();
            super.getInputStream().setReadListener(new Unheard());
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
}
