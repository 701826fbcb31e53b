// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One connection to a server, over which anything can be sent and an answer is taken to pieces (RFC 9112). */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Says that no more will be sent, and still listens. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Goes away at once, as a phone does in a tunnel: what is on its way is refused. */
    void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Waits until these bytes have come. */
    void awaitText(String text) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended after '" + seen + "'");
            }
            seen.append((char) next);
        }
    }

    /** Whether the server has ended this connection; waits for it to. */
    boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException open) {
            throw open;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The answer to a request without its body, or nothing where the body is asked for (RFC 9110 section 10.1.1). */
    Reply answerAtOnce() throws IOException {
        in.mark(64);
        String start = line();
        if (start != null && start.startsWith("HTTP/1.1 100")) {
            return Reply.NOTHING;
        }
        in.reset();
        return answer(false);
    }

    Reply answer(boolean toHead) throws IOException {
        String start = line();
        while (start != null && start.startsWith("HTTP/1.1 1") && !start.startsWith("HTTP/1.1 101")) {
            readFields();
            start = line();
        }
        if (start == null || start.length() < 12) {
            return Reply.NOTHING;
        }
        int status = Integer.parseInt(start.substring(9, 12));
        List<Reply.Field> fields = readFields();
        var body = new ByteArrayOutputStream();
        boolean whole = toHead || status == 204 || status == 304 || readBody(fields, body);
        return new Reply(status, fields, body.toByteArray(), whole);
    }

    private List<Reply.Field> readFields() throws IOException {
        var fields = new ArrayList<Reply.Field>();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.add(new Reply.Field(
                    line.substring(0, Math.max(0, colon)),
                    line.substring(colon + 1).strip()));
        }
        return fields;
    }

    private boolean readBody(List<Reply.Field> fields, ByteArrayOutputStream body) throws IOException {
        long length = -1;
        boolean chunked = false;
        for (Reply.Field field : fields) {
            if (field.name().equalsIgnoreCase("Content-Length")) {
                length = Long.parseLong(field.value());
            } else if (field.name().equalsIgnoreCase("Transfer-Encoding")) {
                chunked = field.value().toLowerCase(Locale.ROOT).endsWith("chunked");
            }
        }
        try {
            if (chunked) {
                return readChunks(body);
            }
            return length < 0 ? readToEnd(body) : readExactly(length, body);
        } catch (java.net.SocketTimeoutException silence) {
            throw silence;
        } catch (IOException reset) {
            return false;
        }
    }

    private boolean readChunks(ByteArrayOutputStream body) throws IOException {
        while (true) {
            String size = line();
            if (size == null || size.isEmpty()) {
                return false;
            }
            int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            if (length == 0) {
                return "".equals(line());
            }
            if (!readExactly(length, body) || !"".equals(line())) {
                return false;
            }
        }
    }

    private boolean readExactly(long length, ByteArrayOutputStream body) throws IOException {
        byte[] buffer = new byte[8192];
        long left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                return false;
            }
            body.write(buffer, 0, read);
            left -= read;
        }
        return true;
    }

    private boolean readToEnd(ByteArrayOutputStream body) throws IOException {
        in.transferTo(body);
        return true;
    }

    /** The next line without its end, or nothing where the connection has ended. */
    private @Nullable String line() throws IOException {
        var line = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    return line.toString();
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
        } catch (java.net.SocketTimeoutException silence) {
            throw silence;
        } catch (IOException reset) {
            return null;
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
