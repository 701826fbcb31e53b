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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An async start whose completion finishes the answer. It must be done here: in a listener's {@code onComplete} Jetty
 * has sent the answer already and the body would be lost. The application's listeners are called by ours, so that a
 * timeout or error which they leave alone still ends in a problem. It is ended once; later calls never reach the
 * container, which may be serving another request with the same objects by then. While somebody ends it, a container
 * that comes with a timeout or an error waits: told that nobody has ended it, Tomcat would end it and take its objects
 * for the next request under the hands of whoever is still at it.
 */
final class EdgeAsync implements AsyncContext {

    private static final Logger LOG = LoggerFactory.getLogger(EdgeAsync.class);
    private static final Problem TOO_LONG =
            Problem.UNAVAILABLE.detail("the answer took too long").retryAfter(Duration.ofSeconds(1));

    private final AsyncContext delegate;
    private final EdgeResponse response;
    private final List<Listening> listeners = new CopyOnWriteArrayList<>();

    /** Held by whoever ends this, until the container knows. */
    private final ReentrantLock ending = new ReentrantLock();

    private volatile boolean ended;

    EdgeAsync(AsyncContext delegate, EdgeResponse response) {
        this.delegate = delegate;
        this.response = response;
        delegate.addListener(new Relay());
    }

    private record Listening(
            AsyncListener listener,
            @Nullable ServletRequest request,
            @Nullable ServletResponse response) {}

    @Override
    public void complete() {
        endAs("completed", this::end);
    }

    @Override
    public void dispatch() {
        endAs("dispatched", delegate::dispatch);
    }

    @Override
    public void dispatch(String path) {
        endAs("dispatched", () -> delegate.dispatch(path));
    }

    @Override
    public void dispatch(ServletContext context, String path) {
        endAs("dispatched", () -> delegate.dispatch(context, path));
    }

    private void endAs(String how, Runnable end) {
        if (!tryEnd(end)) {
            throw new IllegalStateException("request " + response.requestId() + " cannot be " + how
                    + ": that was done already, or it timed out");
        }
    }

    /** Ends this unless somebody has; where somebody is about to, waits until it is done. */
    private boolean tryEnd(Runnable end) {
        ending.lock();
        try {
            if (ended) {
                return false;
            }
            ended = true;
            end.run();
            return true;
        } finally {
            ending.unlock();
        }
    }

    private void end() {
        try {
            response.finish();
        } catch (IOException gone) {
            LOG.debug("request {} could not be answered to its end", response.requestId(), gone);
        }
        try {
            if (response.isCutOff()) {
                // A completed answer would look whole. The edge fails in the pass that follows, so that the container
                // aborts.
                delegate.dispatch();
            } else {
                delegate.complete();
            }
        } catch (IllegalStateException over) {
            // Thrown on, it would reach the container's own thread, and Tomcat would hold it against whatever request
            // has these objects by now.
            LOG.warn("request {} was ended by its container already", response.requestId(), over);
        }
    }

    boolean isEnded() {
        return ended;
    }

    /** Ends with what a failure stands for, unless the application has ended it already. */
    void fail(Throwable failure) {
        boolean first = tryEnd(() -> {
            response.fail(failure);
            end();
        });
        if (!first) {
            LOG.warn("request {} failed after it had ended", response.requestId(), failure);
        }
    }

    /** Ends with what the answer was refused with, unless the application has ended it already. */
    void endRefused() {
        tryEnd(this::end);
    }

    @Override
    public void addListener(AsyncListener listener) {
        listeners.add(new Listening(listener, null, null));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse answer) {
        listeners.add(new Listening(listener, request, answer));
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

    /** What the task throws ends the request: left to a container, it would hang until it timed out. */
    @Override
    public void start(Runnable task) {
        delegate.start(() -> {
            try {
                task.run();
            } catch (Throwable failure) {
                fail(failure);
            }
        });
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

    private interface Call {
        void on(AsyncListener listener, AsyncEvent event) throws IOException;
    }

    private final class Relay implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            relay(event, AsyncListener::onTimeout);
            tryEnd(() -> {
                boolean clients = response.passage().request().isOverdue();
                response.refuse(clients ? EdgeBody.TOO_SLOW : TOO_LONG);
                end();
            });
        }

        @Override
        public void onError(AsyncEvent event) {
            relay(event, AsyncListener::onError);
            Throwable failure = event.getThrowable();
            tryEnd(() -> {
                if (failure instanceof IOException) {
                    // Handlers' own exceptions never come this way, so it is the connection's.
                    response.loseClient();
                }
                response.fail(failure == null ? new IOException("the container gave no reason") : failure);
                end();
            });
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
            for (Listening one : listeners) {
                try {
                    call.on(
                            one.listener(),
                            new AsyncEvent(EdgeAsync.this, one.request(), one.response(), event.getThrowable()));
                } catch (Throwable failure) {
                    LOG.warn("an async listener of request {} failed", response.requestId(), failure);
                }
            }
        }
    }
}
