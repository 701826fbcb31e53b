// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The container's own stream. A body that breaks off, or whose chunks are none, is the client's doing: 400. */
final class ContainerBody extends ServletInputStream {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerBody.class);

    private final ServletInputStream in;
    private final EdgeRequest request;

    ContainerBody(ServletInputStream in, EdgeRequest request) {
        this.in = in;
        this.request = request;
    }

    @Override
    public int read() {
        try {
            return in.read();
        } catch (IOException broken) {
            throw incomplete(broken);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            return in.read(bytes, offset, length);
        } catch (IOException broken) {
            throw incomplete(broken);
        }
    }

    private RuntimeException incomplete(IOException broken) {
        LOG.debug("the body of request {} could not be read", request.response().requestId(), broken);
        // Tomcat remembers such a failure, throws away what is answered and dispatches to an error page.
        request.attach();
        request.response().bodyLost(Problem.INCOMPLETE_BODY);
        request.response().keepOwn();
        return Problem.INCOMPLETE_BODY.exception();
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
