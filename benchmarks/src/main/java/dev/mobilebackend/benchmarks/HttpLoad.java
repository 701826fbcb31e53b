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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A few keep-alive connections to this machine that send requests over and over, each waiting for its answer before it
 * asks again. Every answer must be a 200 of known length. It goes nowhere but to the loopback address.
 */
public final class HttpLoad implements AutoCloseable {

    private static final int SILENCE_MILLIS = 10_000;

    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads;

    private HttpLoad(int connections) {
        threads = Executors.newFixedThreadPool(connections);
    }

    /**
     * Opens connections that send one request.
     *
     * @param fields further header lines, each without its line end
     */
    public static HttpLoad to(int port, String path, List<String> fields, int connections) throws IOException {
        return ofPhones(port, path, List.of(fields), connections);
    }

    /**
     * Opens connections that each carry the requests of many phones in turn, as those of a load balancer do.
     *
     * @param phones the further header lines of each phone
     */
    public static HttpLoad ofPhones(int port, String path, List<List<String>> phones, int connections)
            throws IOException {
        List<byte[]> requests =
                phones.stream().map(fields -> request(port, path, fields)).toList();
        var load = new HttpLoad(connections);
        try {
            for (int i = 0; i < connections; i++) {
                load.connections.add(new Connection(port, requests, i * requests.size() / connections));
            }
        } catch (IOException refused) {
            load.close();
            throw refused;
        }
        return load;
    }

    private static byte[] request(int port, String path, List<String> fields) {
        var request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n");
        fields.forEach(field -> request.append(field).append("\r\n"));
        return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
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

        private static final byte[] OK = "HTTP/1.1 200 ".getBytes(StandardCharsets.ISO_8859_1);
        private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.ISO_8859_1);
        private static final byte[] BODY = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

        private final Socket socket;
        private final List<byte[]> requests;
        private final byte[] buffer = new byte[16 * 1024];
        private int next;

        Connection(int port, List<byte[]> requests, int first) throws IOException {
            this.requests = requests;
            next = first;
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SILENCE_MILLIS);
        }

        Void exchange(int times) throws IOException {
            for (int i = 0; i < times; i++) {
                socket.getOutputStream().write(requests.get(next));
                next = (next + 1) % requests.size();
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
                    int head = indexOf(BODY, length);
                    whole = head < 0 ? whole : head + BODY.length + lengthOfBody(head + 2);
                }
            }
        }

        private int lengthOfBody(int head) throws IOException {
            int field = indexOf(LENGTH, head);
            if (!startsWith(OK, 0) || field < 0) {
                throw new IOException("expected a 200 with Content-Length, was: "
                        + new String(buffer, 0, head, StandardCharsets.ISO_8859_1).strip());
            }
            int length = 0;
            for (int i = field + LENGTH.length; buffer[i] != '\r'; i++) {
                length = buffer[i] == ' ' ? length : length * 10 + buffer[i] - '0';
            }
            return length;
        }

        private int indexOf(byte[] text, int end) {
            for (int i = 0; i <= end - text.length; i++) {
                if (startsWith(text, i)) {
                    return i;
                }
            }
            return -1;
        }

        /** Whatever the case of letters in the answer; the text must be in lower case where it has letters to find. */
        private boolean startsWith(byte[] text, int at) {
            for (int i = 0; i < text.length; i++) {
                int there = buffer[at + i];
                if (there != text[i] && (there < 'A' || there > 'Z' || there + 32 != text[i])) {
                    return false;
                }
            }
            return true;
        }
    }
}
