// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.WriteListener;

/** A write listener whose failure ends the request: left to a container, some would wait for it to time out. */
record GuardedWriting(WriteListener listener, EdgeRequest request) implements WriteListener {

    @Override
    public void onWritePossible() {
        try {
            listener.onWritePossible();
        } catch (Throwable failure) {
            onError(failure);
        }
    }

    @Override
    public void onError(Throwable failure) {
        request.failAsync(failure, listener::onError);
    }
}
