// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.ReadListener;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read listener whose failure ends the request: left to a container, some would wait for it to time out. It hears of
 * a failure once, though Tomcat tells it of each that a read met as well.
 */
final class GuardedReading implements ReadListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedReading.class);

    private final ReadListener listener;
    private final EdgeRequest request;
    private final AtomicBoolean told = new AtomicBoolean();

    GuardedReading(ReadListener listener, EdgeRequest request) {
        this.listener = listener;
        this.request = request;
    }

    @Override
    public void onDataAvailable() {
        try {
            listener.onDataAvailable();
        } catch (Throwable failure) {
            request.failAsync(failure, this::tell);
        }
    }

    @Override
    public void onAllDataRead() {
        try {
            listener.onAllDataRead();
        } catch (Throwable failure) {
            request.failAsync(failure, this::tell);
        }
    }

    /** The container says so, of the body alone: that it breaks off, or its chunks are none, is the client's doing. */
    @Override
    public void onError(Throwable broken) {
        LOG.debug("the body of request {} could not be read", request.response().requestId(), broken);
        Problem refusal = ContainerBody.refusal(broken);
        request.response().bodyLost(refusal);
        request.failAsync(refusal.exception(), ours -> tell(broken));
    }

    private void tell(Throwable failure) {
        if (told.compareAndSet(false, true)) {
            listener.onError(failure);
        }
    }
}
