// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The container's own stream. A body that breaks off, or whose chunks are none, is the client's doing: 400; one that
 * stays away for as long as the container waits, 408.
 */
final class ContainerBody extends ServletInputStream {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerBody.class);

    private final ServletInputStream in;
    private final EdgeRequest request;
    private long count;

    ContainerBody(ServletInputStream in, EdgeRequest request) {
        this.in = in;
        this.request = request;
    }

    @Override
    public int read() {
        try {
            return counted(1, in.read());
        } catch (IOException | RuntimeException broken) {
            throw failure(broken);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            int read = in.read(bytes, offset, length);
            return counted(read, read);
        } catch (IOException | RuntimeException broken) {
            throw failure(broken);
        }
    }

    /** Undertow says that a body has ended where it has hung up on a silent client. */
    private int counted(int more, int read) throws EOFException {
        if (read >= 0) {
            count += more;
        } else if (count < request.getRequest().getContentLengthLong()) {
            throw new EOFException("the body ended after " + count + " bytes");
        }
        return read;
    }

    /** Undertow's stream fails on itself where the connection was closed under its reader. */
    private RuntimeException failure(Exception broken) {
        boolean itsOwn = broken instanceof RuntimeException
                && !UndertowConnection.isCut(request.response().getResponse());
        return itsOwn ? (RuntimeException) broken : incomplete(broken);
    }

    private RuntimeException incomplete(Exception broken) {
        LOG.debug("the body of request {} could not be read", request.response().requestId(), broken);
        Problem refusal = refusal(broken);
        // Tomcat remembers such a failure, throws away what is answered and dispatches to an error page.
        request.attach();
        request.response().bodyLost(refusal);
        return refusal.exception();
    }

    /** What a failure to read a body is answered with. */
    static Problem refusal(Throwable broken) {
        Throwable cause = broken;
        for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
            // Tomcat's and Undertow's; Jetty's.
            if (cause instanceof InterruptedIOException || cause instanceof TimeoutException) {
                return EdgeBody.TOO_SLOW;
            }
        }
        return Problem.INCOMPLETE_BODY;
    }

    @Override
    public int available() {
        try {
            return in.available();
        } catch (IOException broken) {
            throw incomplete(broken);
        }
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
        in.setReadListener(new GuardedReading(listener, request));
    }
}
