// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.ReadListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A read listener whose failure ends the request: left to a container, some would wait for it to time out. */
record GuardedReading(ReadListener listener, EdgeRequest request) implements ReadListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedReading.class);

    @Override
    public void onDataAvailable() {
        try {
            listener.onDataAvailable();
        } catch (Throwable failure) {
            request.failAsync(failure, listener::onError);
        }
    }

    @Override
    public void onAllDataRead() {
        try {
            listener.onAllDataRead();
        } catch (Throwable failure) {
            request.failAsync(failure, listener::onError);
        }
    }

    /** The container says so, of the body alone: that it breaks off, or its chunks are none, is the client's doing. */
    @Override
    public void onError(Throwable broken) {
        LOG.debug("the body of request {} could not be read", request.response().requestId(), broken);
        Problem refusal = ContainerBody.refusal(broken);
        request.response().bodyLost(refusal);
        request.failAsync(refusal.exception(), told -> listener.onError(broken));
    }
}
