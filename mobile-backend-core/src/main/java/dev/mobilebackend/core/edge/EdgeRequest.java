// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.PayloadDigest;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The request as the application sees it: its body counted and digested as it is read, its async start under our eyes. */
final class EdgeRequest extends HttpServletRequestWrapper {

    private static final String ATTRIBUTE = "dev.mobilebackend.edge.request";

    private final EdgeResponse response;
    private final long maximumBody;
    private final @Nullable PayloadDigest digest;
    private @Nullable ServletInputStream body;
    private @Nullable BufferedReader reader;
    private volatile @Nullable EdgeAsync async;

    EdgeRequest(HttpServletRequest request, EdgeResponse response, long maximumBody, @Nullable PayloadDigest digest) {
        super(request);
        this.response = response;
        this.maximumBody = maximumBody;
        this.digest = digest;
    }

    static Optional<EdgeRequest> find(ServletRequest request) {
        return Optional.ofNullable((EdgeRequest) request.getAttribute(ATTRIBUTE));
    }

    void attach() {
        setAttribute(ATTRIBUTE, this);
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
            String encoding = getCharacterEncoding();
            Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
            reader = new BufferedReader(new InputStreamReader(getInputStream(), charset));
        }
        return reader;
    }

    /** Jetty and Tomcat would hand the unwrapped response to an async start without arguments. */
    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse answer) {
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

    /** Refuses before the handler where the client says itself that the body is too large. */
    void checkDeclaredLength() {
        if (getContentLengthLong() > maximumBody) {
            throw tooLarge(maximumBody);
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
