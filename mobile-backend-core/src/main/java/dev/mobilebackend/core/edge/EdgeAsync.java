// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An async start whose completion finishes the answer. It must be done here: in a listener's {@code onComplete} Jetty
 * has sent the answer already and the body would be lost. The application's listeners are called by ours, so that a
 * timeout or error which they leave alone still ends in a problem.
 */
final class EdgeAsync implements AsyncContext {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeAsync.class);

    private final AsyncContext delegate;
    private final EdgeResponse response;
    private final List<AsyncListener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    EdgeAsync(AsyncContext delegate, EdgeResponse response) {
        this.delegate = delegate;
        this.response = response;
        delegate.addListener(new Relay());
    }

    @Override
    public void complete() {
        ended = true;
        try {
            response.finish();
        } catch (IOException gone) {
            LOG.debug("request {} could not be answered to its end", response.requestId(), gone);
        }
        if (response.isCutOff()) {
            // A completed answer would look whole. The edge fails in the pass that follows, so that the container
            // aborts.
            delegate.dispatch();
        } else {
            delegate.complete();
        }
    }

    @Override
    public void dispatch() {
        ended = true;
        delegate.dispatch();
    }

    @Override
    public void dispatch(String path) {
        ended = true;
        delegate.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
        ended = true;
        delegate.dispatch(context, path);
    }

    @Override
    public void addListener(AsyncListener listener) {
        listeners.add(listener);
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse answer) {
        listeners.add(listener);
    }

    @Override
    public ServletRequest getRequest() {
        return delegate.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
        return delegate.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return delegate.hasOriginalRequestAndResponse();
    }

    @Override
    public void start(Runnable task) {
        delegate.start(task);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return delegate.createListener(type);
    }

    @Override
    public void setTimeout(long millis) {
        delegate.setTimeout(millis);
    }

    @Override
    public long getTimeout() {
        return delegate.getTimeout();
    }

    private void endWith(Problem problem) {
        if (!ended) {
            response.refuse(problem);
            complete();
        }
    }

    private interface Call {
        void on(AsyncListener listener, AsyncEvent event) throws IOException;
    }

    private final class Relay implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            relay(event, AsyncListener::onTimeout);
            endWith(Problem.UNAVAILABLE.detail("the answer took too long").retryAfter(Duration.ofSeconds(1)));
        }

        @Override
        public void onError(AsyncEvent event) {
            relay(event, AsyncListener::onError);
            if (!ended) {
                LOG.error(
                        "request {} failed while it was answered asynchronously",
                        response.requestId(),
                        event.getThrowable());
            }
            endWith(Problem.INTERNAL_ERROR);
        }

        @Override
        public void onComplete(AsyncEvent event) {
            relay(event, AsyncListener::onComplete);
            response.end();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            relay(event, AsyncListener::onStartAsync);
        }

        private void relay(AsyncEvent event, Call call) {
            var ours = new AsyncEvent(
                    EdgeAsync.this, event.getSuppliedRequest(), event.getSuppliedResponse(), event.getThrowable());
            for (AsyncListener listener : listeners) {
                try {
                    call.on(listener, ours);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("an async listener of request {} failed", response.requestId(), e);
                }
            }
        }
    }
}
