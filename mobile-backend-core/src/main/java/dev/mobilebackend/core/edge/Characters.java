// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;

/**
 * Characters on their way into a stream of bytes. Unlike the JDK's it holds nothing between two writes but half a pair
 * of surrogates: Tomcat may close the stream behind its back. What cannot be encoded becomes the encoding's question
 * mark.
 */
final class Characters extends Writer {

    private static final int AT_ONCE = 1024;

    private final OutputStream out;
    private final CharsetEncoder encoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(AT_ONCE);
    private final PrintWriter printer = new PrintWriter(this);

    /** The first half of a pair of surrogates whose second half is still to be written, or 0. */
    private char half;

    Characters(OutputStream out, Charset charset) {
        this.out = out;
        encoder = charset.newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }

    /** What the application prints them with. */
    PrintWriter printer() {
        return printer;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        encode(CharBuffer.wrap(text, offset, length));
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        encode(CharBuffer.wrap(text, offset, offset + length));
    }

    private void encode(CharBuffer text) throws IOException {
        if (half != 0 && text.hasRemaining()) {
            CharBuffer pair = CharBuffer.wrap(new char[] {half, text.get()});
            half = 0;
            encodeWhole(pair);
        }
        encodeWhole(text);
    }

    private void encodeWhole(CharBuffer text) throws IOException {
        while (encoder.encode(text, bytes, false).isOverflow()) {
            drain();
        }
        drain();
        if (text.hasRemaining()) {
            half = text.get();
        }
    }

    private void drain() throws IOException {
        out.write(bytes.array(), 0, bytes.position());
        bytes.clear();
    }

    /** Forgets the half of a pair. */
    void drop() {
        half = 0;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
