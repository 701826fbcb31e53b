// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A few keep-alive connections to this machine that send one request over and over, each waiting for its answer before
 * it asks again. Every answer must be a 200 of known length. It goes nowhere but to the loopback address.
 */
public final class HttpLoad implements AutoCloseable {

    private static final int SILENCE_MILLIS = 10_000;

    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads;

    private HttpLoad(int connections) {
        threads = Executors.newFixedThreadPool(connections);
    }

    /**
     * Opens the connections.
     *
     * @param fields further header lines, each without its line end
     */
    public static HttpLoad to(int port, String path, List<String> fields, int connections) throws IOException {
        var request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n");
        fields.forEach(field -> request.append(field).append("\r\n"));
        byte[] bytes = request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        var load = new HttpLoad(connections);
        try {
            for (int i = 0; i < connections; i++) {
                load.connections.add(new Connection(port, bytes));
            }
        } catch (IOException refused) {
            load.close();
            throw refused;
        }
        return load;
    }

    /** Sends that many requests over all connections together and returns the seconds it took. */
    public double send(int requests) throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<Future<Void>> parts = new ArrayList<>();
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.get(i);
            int share = requests / connections.size() + (i < requests % connections.size() ? 1 : 0);
            parts.add(threads.submit(() -> connection.exchange(share)));
        }
        for (Future<Void> part : parts) {
            try {
                part.get();
            } catch (ExecutionException failed) {
                throw new IOException("the load broke off", failed.getCause());
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        for (Connection connection : connections) {
            connection.socket.close();
        }
    }

    private static final class Connection {

        private final Socket socket;
        private final byte[] request;
        private final byte[] buffer = new byte[16 * 1024];

        Connection(int port, byte[] request) throws IOException {
            this.request = request;
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SILENCE_MILLIS);
        }

        Void exchange(int times) throws IOException {
            for (int i = 0; i < times; i++) {
                socket.getOutputStream().write(request);
                readAnswer();
            }
            return null;
        }

        private void readAnswer() throws IOException {
            InputStream in = socket.getInputStream();
            int length = 0;
            int whole = Integer.MAX_VALUE;
            while (length < whole) {
                int read = in.read(buffer, length, buffer.length - length);
                if (read <= 0) {
                    throw new EOFException("the answer broke off after " + length + " bytes");
                }
                length += read;
                if (whole == Integer.MAX_VALUE) {
                    int body = startOfBody(length);
                    whole = body < 0 ? whole : body + lengthOfBody(body);
                }
            }
        }

        private int startOfBody(int length) {
            for (int i = 3; i < length; i++) {
                if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n' && buffer[i - 3] == '\r') {
                    return i + 1;
                }
            }
            return -1;
        }

        private int lengthOfBody(int startOfBody) throws IOException {
            String head = new String(buffer, 0, startOfBody, StandardCharsets.ISO_8859_1);
            int field = head.toLowerCase(Locale.ROOT).indexOf("\r\ncontent-length:");
            if (!head.startsWith("HTTP/1.1 200 ") || field < 0) {
                throw new IOException("expected a 200 with Content-Length, was: " + head.strip());
            }
            int start = head.indexOf(':', field) + 1;
            return Integer.parseInt(
                    head.substring(start, head.indexOf('\r', start)).strip());
        }
    }
}
