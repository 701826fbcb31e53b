// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The request as the application sees it: its body counted and digested as it is read, its async start under our eyes.
 * A form is parsed here, since the container would read it past us.
 */
final class EdgeRequest extends HttpServletRequestWrapper {

    private static final String ATTRIBUTE = "dev.mobilebackend.edge.request";

    private static final List<String> METHOD_OVERRIDES =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private final EdgeResponse response;
    private final long maximumBody;
    private final @Nullable PayloadDigest digest;
    private final Exchange exchange;
    private @Nullable ServletInputStream body;
    private @Nullable BufferedReader reader;
    private @Nullable Map<String, String[]> form;
    private volatile @Nullable EdgeAsync async;
    private boolean servedAsGet;

    EdgeRequest(
            HttpServletRequest request,
            EdgeResponse response,
            RequestFacts facts,
            long maximumBody,
            @Nullable PayloadDigest digest,
            LongSupplier ticks) {
        super(request);
        exchange = new Exchange(this, response, facts, digest, ticks);
        this.response = response;
        this.maximumBody = maximumBody;
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

    /** Frameworks that obey an override would run a handler under another route's rule. */
    @Override
    public @Nullable String getHeader(String name) {
        return isOverride(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return isOverride(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = new ArrayList<>(Collections.list(super.getHeaderNames()));
        names.removeIf(EdgeRequest::isOverride);
        return Collections.enumeration(names);
    }

    private static boolean isOverride(String header) {
        for (int i = 0; i < METHOD_OVERRIDES.size(); i++) {
            if (METHOD_OVERRIDES.get(i).equalsIgnoreCase(header)) {
                return true;
            }
        }
        return false;
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
        if (body == null) {
            body = new Body(super.getInputStream());
        }
        return body;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (reader == null) {
            reader = new BufferedReader(new InputStreamReader(getInputStream(), charset()));
        }
        return reader;
    }

    @Override
    public @Nullable String getParameter(String name) {
        if (!hasForm()) {
            return super.getParameter(name);
        }
        String[] values = form().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return hasForm() ? Collections.unmodifiableMap(form()) : super.getParameterMap();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return hasForm() ? Collections.enumeration(form().keySet()) : super.getParameterNames();
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return hasForm() ? form().get(name) : super.getParameterValues(name);
    }

    private boolean hasForm() {
        return mediaType().equals("application/x-www-form-urlencoded");
    }

    private String mediaType() {
        String type = getContentType();
        if (type == null) {
            return "";
        }
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private Map<String, String[]> form() {
        if (form == null) {
            var parsed = new Form();
            if (getQueryString() != null) {
                parsed.add(getQueryString(), StandardCharsets.UTF_8);
            }
            Charset charset = charset();
            try {
                parsed.add(new String(getInputStream().readAllBytes(), charset), charset);
            } catch (IOException gone) {
                throw Problem.MALFORMED_REQUEST
                        .detail("the body ended before it was complete")
                        .exception();
            }
            form = parsed.toMap();
        }
        return form;
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

    /** The container has dispatched the request to us again, and it is ours until the next async start. */
    void takeBack() {
        async = null;
    }

    private static RuntimeException tooLarge(long maximum) {
        return Problem.BODY_TOO_LARGE
                .detail("the body may have up to " + maximum + " bytes")
                .exception();
    }

    /**
     * Refuses before the handler what cannot be bounded or digested as it is read: a body that says itself that it is
     * too large, and parts, which the container reads past us.
     */
    void checkBody() {
        if (getContentLengthLong() > maximumBody) {
            throw tooLarge(maximumBody);
        }
        if (!mediaType().startsWith("multipart/")) {
            return;
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

    private final class Body extends ServletInputStream {

        private final ServletInputStream in;
        private long count;

        Body(ServletInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            if (read > 0) {
                count += read;
                if (count > maximumBody) {
                    throw tooLarge(maximumBody);
                }
                if (digest != null) {
                    digest.update(bytes, offset, read);
                }
            }
            return read;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }
    }
}
