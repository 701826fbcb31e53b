// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.ForwardingFields;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.transport.HeadPolicy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request as the application sees it: without fields that would change its rule or its sender, its body bounded as
 * it is read, its async start under our eyes.
 */
final class EdgeRequest extends HttpServletRequestWrapper {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeRequest.class);
    private static final String ATTRIBUTE = "dev.mobilebackend.edge.request";

    private static final List<String> METHOD_OVERRIDES =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    /** What was true of a body before it was inflated. */
    private static final List<String> CODED = List.of("Content-Encoding", "Content-Length");

    private final EdgeResponse response;
    private final Exchange exchange;
    private final @Nullable PayloadDigest digest;
    private final @Nullable String query;
    private @Nullable RequestContent content;
    private volatile @Nullable EdgeAsync async;
    private boolean servedAsGet;

    EdgeRequest(HttpServletRequest request, EdgeResponse response, RequestFacts facts, @Nullable PayloadDigest digest) {
        super(request);
        boolean vouched = request instanceof ForwardedRequest forwarded
                && forwarded.sender().known();
        this.response = response;
        this.digest = digest;
        query = request.getQueryString();
        Passage passage = response.passage();
        exchange = new Exchange(
                this,
                vouched ? null : request,
                response,
                facts,
                digest,
                passage.steps().ticks());
        passage.begin(this);
    }

    Exchange exchange() {
        return exchange;
    }

    EdgeResponse response() {
        return response;
    }

    // Its head

    /**
     * HEAD on a route for GET: frameworks run its handler, and the container sends no body (RFC 9110 section 9.3.2).
     */
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
        return Problem.AMBIGUOUS_PATH.exception();
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

    private boolean isHidden(String header) {
        return isOneOf(METHOD_OVERRIDES, header)
                || ForwardingFields.contains(header)
                || (isCoded() && isOneOf(CODED, header));
    }

    private static boolean isOneOf(List<String> names, String header) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(header)) {
                return true;
            }
        }
        return false;
    }

    /** As it was sent: Jetty fails on one whose charset it does not know. */
    @Override
    public @Nullable String getContentType() {
        return super.getHeader("Content-Type");
    }

    @Override
    public int getContentLength() {
        return isCoded() ? -1 : super.getContentLength();
    }

    @Override
    public long getContentLengthLong() {
        return isCoded() ? -1 : super.getContentLengthLong();
    }

    /** The query that it came with; a forward may have given it another. */
    @Nullable
    String queryAsSent() {
        return query;
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

    // Its content

    /** Made when it is asked for: most requests have none. */
    private RequestContent content() {
        RequestContent made = content;
        if (made == null) {
            Steps steps = response.passage().steps();
            made = new RequestContent(this, steps.bodyPolicy(exchange), steps.waiting(), digest);
            content = made;
        }
        return made;
    }

    /** Refuses before the handler what cannot be bounded or digested as it is read. */
    void checkBody() {
        var containers = (HttpServletRequest) getRequest();
        if (getContentType() != null
                && Collections.list(containers.getHeaders("Content-Type")).size() > 1) {
            // Whoever reads the other line reads another body (RFC 9110 section 8.3).
            throw Problem.MALFORMED_REQUEST
                    .detail("a request has one Content-Type")
                    .exception();
        }
        if (containers.getContentLengthLong() > 0
                || containers.getHeader("Content-Encoding") != null
                || getContentType() != null) {
            content().check();
        }
    }

    private boolean isCoded() {
        return content != null && content.isCoded();
    }

    /** Whether its route is declared idempotent. */
    boolean isDigested() {
        return digest != null;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return content().stream();
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return content().reader();
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = content().parameters().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Collections.unmodifiableMap(content().parameters());
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(content().parameters().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return content().parameters().get(name);
    }

    @Override
    public Collection<Part> getParts() {
        return content().parts();
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

    /**
     * Reads what the application has left of the body, as containers do so that the connection can be used again, but
     * within the body's limits.
     *
     * @return whether nothing is left
     */
    boolean drainBody() {
        return hasNoBody() || content().drain();
    }

    /** Reads what has come of that by now; returns whether nothing is left. */
    boolean drainArrived() {
        return hasNoBody() || content().drainArrived();
    }

    private boolean hasNoBody() {
        long length = super.getContentLengthLong();
        return length == 0 || (length < 0 && super.getHeader("Transfer-Encoding") == null);
    }

    /** What the reader of its body was refused with: whatever error comes of that, this is why. */
    @Nullable
    Problem bodyRefusal() {
        return content == null ? null : content.refusal();
    }

    /** Whether a listener has waited longer for the client than it need. */
    boolean isOverdue() {
        return content != null && content.isOverdue();
    }

    /** Ends the request without the rest of its body. */
    void leaveBody() throws IOException {
        content().leave();
    }

    /** Gives back what reading the body holds, after the request has ended. */
    void releaseBody() {
        if (content != null) {
            content.release();
        }
    }

    // Its attributes and its async start

    static Optional<EdgeRequest> find(ServletRequest request) {
        return Optional.ofNullable((EdgeRequest) request.getAttribute(ATTRIBUTE));
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

    /**
     * Whether somebody else will complete this request. Asked instead of the container, which forgets on completion.
     */
    boolean isHandedOver() {
        return async != null;
    }

    /** The container has dispatched the request to us again, and it is ours until the next async start. */
    void takeBack() {
        async = null;
    }

    /** Whether another servlet is including this one: what that sends as an error is not the answer's. */
    boolean isIncluding() {
        return getDispatcherType() == DispatcherType.INCLUDE;
    }

    /** Ends this request with a failure of its handler. */
    void fail(Throwable failure) {
        EdgeAsync started = async;
        if (started == null) {
            response.fail(failure);
        } else {
            started.fail(failure);
        }
    }

    /**
     * Ends an async request with a failure, unless it has ended. Its listener hears of it when the answer is decided:
     * many do nothing then but complete, which would say that all is well.
     */
    void failAsync(Throwable failure, Consumer<Throwable> listener) {
        EdgeAsync running = async;
        boolean open = running != null && !running.isEnded();
        if (open) {
            response.fail(failure);
        }
        try {
            listener.accept(failure);
        } catch (Throwable another) {
            LOG.warn("a listener of request {} failed to hear of a failure", response.requestId(), another);
        }
        if (running != null && open) {
            running.endRefused();
        }
    }
}
