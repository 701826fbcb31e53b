// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import java.io.IOException;

/** Notes what an async listener is told, and acts on it where it was told to. */
final class Heard implements AsyncListener {

    /** What to do when it is told. */
    interface Act {
        void on(AsyncEvent event) throws IOException;
    }

    private final Witness.Seen seen;
    private Act timeout = event -> {};
    private Act complete = event -> {};

    Heard(ServletRequest request) {
        seen = Witness.of(request);
    }

    Heard onTimeout(Act act) {
        timeout = act;
        return this;
    }

    Heard onComplete(Act act) {
        complete = act;
        return this;
    }

    @Override
    public void onComplete(AsyncEvent event) throws IOException {
        seen.note("complete");
        complete.on(event);
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        seen.note("timeout");
        timeout.on(event);
    }

    @Override
    public void onError(AsyncEvent event) {
        seen.note("error");
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        seen.note("start");
    }
}
