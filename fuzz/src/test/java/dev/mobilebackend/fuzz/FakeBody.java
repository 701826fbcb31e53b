// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A body that comes slice by slice, to whoever waits for it or to a listener. */
final class FakeBody extends ServletInputStream {

    private final byte[] bytes;
    private final Delivery delivery;
    private final int end;
    private int arrived;
    private int at;
    private @Nullable ReadListener listener;

    FakeBody(byte[] bytes, Delivery delivery) {
        this.bytes = bytes;
        this.delivery = delivery;
        this.end = delivery.whole() ? bytes.length : bytes.length / 2;
    }

    @Override
    public int read() throws IOException {
        return hasNext() ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!hasNext()) {
            return -1;
        }
        int count = Math.min(length, arrived - at);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        return count;
    }

    /** Waits for the next slice, as a container does unless there is a listener. */
    private boolean hasNext() throws IOException {
        if (at == arrived && at < end) {
            if (listener != null) {
                throw new IllegalStateException("a listener may read only what is ready");
            }
            arrive();
        }
        if (at == end && !delivery.whole()) {
            throw new EOFException("the connection broke");
        }
        return at < end;
    }

    private void arrive() {
        arrived += Math.min(delivery.slice(), end - arrived);
    }

    @Override
    public int available() {
        return arrived - at;
    }

    @Override
    public boolean isFinished() {
        return at == end && delivery.whole();
    }

    @Override
    public boolean isReady() {
        return listener == null || at < arrived;
    }

    @Override
    public void setReadListener(ReadListener reader) {
        if (listener != null) {
            throw new IllegalStateException("a body has one listener");
        }
        listener = reader;
    }

    /** Tells the listener, if there is one, of all that comes. */
    void tellListener() throws IOException {
        ReadListener reader = listener;
        while (reader != null && arrived < end) {
            arrive();
            reader.onDataAvailable();
            if (at < arrived) {
                return; // the listener has stopped reading
            }
        }
        if (reader != null && delivery.whole()) {
            reader.onAllDataRead();
        } else if (reader != null) {
            reader.onError(new EOFException("the connection broke"));
        }
    }
}
