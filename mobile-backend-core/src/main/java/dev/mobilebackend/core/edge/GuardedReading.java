// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.ReadListener;

/** A read listener whose failure ends the request: left to a container, some would wait for it to time out. */
record GuardedReading(ReadListener listener, EdgeRequest request) implements ReadListener {

    @Override
    public void onDataAvailable() {
        try {
            listener.onDataAvailable();
        } catch (Throwable failure) {
            onError(failure);
        }
    }

    @Override
    public void onAllDataRead() {
        try {
            listener.onAllDataRead();
        } catch (Throwable failure) {
            onError(failure);
        }
    }

    @Override
    public void onError(Throwable failure) {
        request.failAsync(failure, listener::onError);
    }
}
