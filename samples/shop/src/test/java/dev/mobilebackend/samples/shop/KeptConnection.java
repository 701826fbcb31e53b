// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * One connection to one instance, kept as long as the instance keeps it, as proxies keep theirs. It never sends a
 * request again: one that finds the connection closed is lost.
 */
final class KeptConnection implements Closeable {

    record Answer(int status, boolean closes) {}

    private final URI instance;
    private Socket socket;
    private InputStream in;

    KeptConnection(URI instance) {
        this.instance = instance;
    }

    /** Sends a request and reads its answer to the end. */
    Answer send(String method, String path, Map<String, String> fields, String body) throws IOException {
        if (socket == null) {
            socket = new Socket(instance.getHost(), instance.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            in = new BufferedInputStream(socket.getInputStream());
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: shop\r\n");
        fields.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        if (bytes.length > 0) {
            request.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(bytes.length)
                    .append("\r\n");
        }
        request.append("\r\n").append(body);
        socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
        Answer answer = read();
        if (answer.closes()) {
            close();
        }
        return answer;
    }

    private Answer read() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        int length = -1;
        boolean closes = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String field = line.toLowerCase(Locale.ROOT);
            closes |= field.equals("connection: close");
            if (field.startsWith("content-length: ")) {
                length = Integer.parseInt(field.substring("content-length: ".length()));
            }
        }
        if (length < 0) {
            throw new IOException("the answer does not say how long it is");
        }
        if (in.readNBytes(length).length < length) {
            throw new EOFException("the answer ended early");
        }
        return new Answer(status, closes);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed under a request");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a connection could not be closed", e);
            }
            socket = null;
        }
    }
}
