// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.signin;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Somebody who has signed in long ago and asks for something that takes no time, again and again on one connection. */
final class OtherPhone implements AutoCloseable {

    private static final byte[] REQUEST = """
            GET /v1/quick HTTP/1.1\r
            Host: 127.0.0.1\r
            Priority: u=1\r
            Forwarded: for=203.0.113.7;proto=https\r
            \r
            """.getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final byte[] received = new byte[8_192];

    OtherPhone(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
    }

    /** What it was answered, and after how long. */
    SignInFlood.Answer ask() throws IOException {
        long began = System.nanoTime();
        socket.getOutputStream().write(REQUEST);
        int length = 0;
        while (true) {
            int read = socket.getInputStream().read(received, length, received.length - length);
            if (read <= 0) {
                throw new EOFException("the server hung up on somebody who had done nothing");
            }
            length += read;
            String text = new String(received, 0, length, StandardCharsets.ISO_8859_1);
            if (SignInFlood.isWhole(text)) {
                return SignInFlood.answer(text, began);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
