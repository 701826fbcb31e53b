// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.PayloadDigest;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.transport.BodyPolicy;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A body with its content coding undone (RFC 9110 section 8.4.1), no further than its limits. Read by blocking alone.
 */
final class Inflated extends ServletInputStream {

    /** What can be undone; the names are those of {@code Accept-Encoding} in a refusal. */
    enum Coding {
        GZIP,
        DEFLATE;

        static final String NAMES = "gzip, deflate";

        /** The coding that a field names; null where it is none of these. */
        static @Nullable Coding named(String field) {
            String name = field.strip();
            if (name.equalsIgnoreCase("gzip") || name.equalsIgnoreCase("x-gzip")) {
                return GZIP;
            }
            return name.equalsIgnoreCase("deflate") ? DEFLATE : null;
        }
    }

    private static final int BUFFER = 4096;
    private static final long SMALL = 64 * 1024;

    private final EdgeBody coded;
    private final Coding coding;
    private final BodyPolicy policy;
    private final @Nullable PayloadDigest digest;
    private final byte[] one = new byte[1];
    private volatile @Nullable InputStream decoder;
    private volatile boolean released;
    private long count;
    private boolean ended;
    private @Nullable Problem refusal;

    Inflated(EdgeBody coded, Coding coding, BodyPolicy policy, @Nullable PayloadDigest digest) {
        this.coded = coded;
        this.coding = coding;
        this.policy = policy;
        this.digest = digest;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        int read;
        try {
            read = decoder().read(bytes, offset, length);
        } catch (ZipException | EOFException broken) {
            throw refuse(Problem.MALFORMED_REQUEST.detail(
                    "the body is not whole, or not in the coding that Content-Encoding names"));
        }
        if (read < 0) {
            close();
            return -1;
        }
        count += read;
        if (count > policy.maximum() || (count > SMALL && count > coded.count() * policy.inflation())) {
            throw refuse(Problem.BODY_TOO_LARGE.detail("the body may have up to " + policy.maximum()
                    + " bytes when inflated, and " + policy.inflation() + " for each one sent"));
        }
        if (digest != null) {
            digest.update(bytes, offset, read);
        }
        return read;
    }

    private RuntimeException refuse(Problem problem) throws IOException {
        refusal = problem;
        close();
        return problem.exception();
    }

    /** What its reader was refused with. */
    @Nullable
    Problem refusal() {
        return refusal;
    }

    private InputStream decoder() throws IOException {
        InputStream made = decoder;
        if (made == null) {
            InputStream unclosed = new Unclosed(coded);
            made = coding == Coding.GZIP ? Gunzip.open(unclosed, BUFFER) : new InflaterInputStream(unclosed);
            decoder = made;
        }
        if (released) {
            made.close();
        }
        return made;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        release();
    }

    /** Gives back the native memory of the decoder, from whatever thread; reading on fails, unless all was read. */
    void release() throws IOException {
        released = true;
        InputStream made = decoder;
        if (made != null) {
            made.close();
        }
    }

    @Override
    public boolean isFinished() {
        return ended;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
        throw RequestContent.unsupportedCoding("a body for this route may not be compressed", "identity");
    }

    private static final class Unclosed extends FilterInputStream {

        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // The container ends its own stream, and what is unread belongs to it.
        }
    }
}
