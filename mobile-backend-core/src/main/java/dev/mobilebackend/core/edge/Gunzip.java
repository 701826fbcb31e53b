// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Opens gzip bodies. The head is read here and a blank one handed to {@link GZIPInputStream}, whose constructor has
 * made its inflater before it reads: were that to throw, the inflater's native memory would stay until a collection.
 */
final class Gunzip {

    private static final byte[] BLANK_HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};
    private static final int TIME_SYSTEM_AND_LEVEL = 6;
    private static final int HEAD_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private Gunzip() {}

    /**
     * What a body holds.
     *
     * @throws IOException if it does not begin with the head of a member (RFC 1952 section 2.3)
     */
    static InputStream open(InputStream coded, int buffer) throws IOException {
        readHead(coded);
        return new Members(new Counted(coded), buffer);
    }

    /** Members to the end of the body: the JDK's would end at the first byte that begins none, and say nothing. */
    private static final class Members extends GZIPInputStream {

        private static final int CHECKSUM_AND_LENGTH = 8;

        private final Counted coded;
        private long countAtFill;
        private boolean ended;

        Members(Counted coded, int buffer) throws IOException {
            super(new SequenceInputStream(new ByteArrayInputStream(BLANK_HEAD), coded), buffer);
            this.coded = coded;
        }

        @Override
        protected void fill() throws IOException {
            super.fill();
            countAtFill = coded.count;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            if (read < 0 && !ended) {
                ended = true;
                // What was looked at behind the last member is still in the inflater, or was read past it.
                long behind = inf.getRemaining() + coded.count - countAtFill - CHECKSUM_AND_LENGTH;
                if (behind > 0 || coded.read() >= 0) {
                    throw new ZipException("something follows that is not in gzip");
                }
            }
            return read;
        }
    }

    private static final class Counted extends FilterInputStream {

        private long count;

        Counted(InputStream in) {
            super(in);
        }

        /** Otherwise the JDK would take a member that has not arrived yet for one that is not there. */
        @Override
        public int available() {
            return 1;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }

    private static void readHead(InputStream coded) throws IOException {
        if (next(coded) != 0x1f || next(coded) != 0x8b || next(coded) != 8) {
            throw new ZipException("not in gzip, or not deflated");
        }
        int flags = next(coded);
        if ((flags & RESERVED) != 0) {
            throw new ZipException("flags that mean nothing yet");
        }
        skip(coded, TIME_SYSTEM_AND_LEVEL);
        if ((flags & EXTRA) != 0) {
            skip(coded, next(coded) | next(coded) << 8);
        }
        if ((flags & NAME) != 0) {
            skipText(coded);
        }
        if ((flags & COMMENT) != 0) {
            skipText(coded);
        }
        if ((flags & HEAD_CHECKSUM) != 0) {
            // It covers what was passed over; what is inflated has a checksum of its own.
            skip(coded, 2);
        }
    }

    private static int next(InputStream coded) throws IOException {
        int read = coded.read();
        if (read < 0) {
            throw new EOFException("the body ends in its head");
        }
        return read;
    }

    private static void skip(InputStream coded, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next(coded);
        }
    }

    private static void skipText(InputStream coded) throws IOException {
        while (next(coded) != 0) {
            // A name or a comment, up to its zero.
        }
    }
}
