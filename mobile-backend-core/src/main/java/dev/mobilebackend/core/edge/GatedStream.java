// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The one stream of an answer. Whoever keeps it longer than the request lasts writes to nothing. */
final class GatedStream extends ServletOutputStream {

    private final AnswerBody response;
    private @Nullable ServletOutputStream containers;
    private boolean listening;
    private boolean closed;

    GatedStream(AnswerBody response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        if (!closed && response.passes(1)) {
            try {
                containers().write(b);
            } catch (IOException failure) {
                throw response.gone(failure);
            }
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0 && !closed && response.passes(length)) {
            try {
                containers().write(bytes, offset, length);
            } catch (IOException failure) {
                throw response.gone(failure);
            }
        }
    }

    private ServletOutputStream containers() throws IOException {
        ServletOutputStream stream = containers;
        if (stream == null) {
            stream = response.containersStream();
            containers = stream;
        }
        return stream;
    }

    @Override
    public void flush() throws IOException {
        if (!closed && response.passes()) {
            response.begin();
            try {
                containers().flush();
            } catch (IOException failure) {
                throw response.gone(failure);
            }
        }
    }

    /** Ends the body for the application; the container's stream is ended with the request, which may still fail. */
    @Override
    public void close() {
        closed = true;
    }

    /** The answer is begun anew. */
    void reopen() {
        closed = false;
    }

    /** With a write listener, a container takes nothing while an earlier write is under way. */
    boolean isFree() {
        return !listening || isReady();
    }

    @Override
    public boolean isReady() {
        try {
            return response.isEnded() || containers().isReady();
        } catch (IOException failure) {
            throw new UncheckedIOException(response.gone(failure));
        }
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        if (response.isEnded()) {
            return;
        }
        listening = true;
        try {
            containers().setWriteListener(response.guarded(listener));
        } catch (IOException failure) {
            throw new UncheckedIOException(response.gone(failure));
        }
    }
}
