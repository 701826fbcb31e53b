// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies that a listener reads, and clients that keep it waiting. */
class EdgeListenersTest {

    private static final AtomicLong TICKS = new AtomicLong();
    private static final Semaphore WAITS = new Semaphore(0);

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(
                Edge.builder()
                        .ticks(TICKS::get)
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.LOOPBACK)
                                .maximumBody(EdgeServer.MAXIMUM_BODY))
                        .routes(routes -> routes.open(POST, "/patient").open(POST, "/hurried")),
                config -> {},
                config -> config.jetty.modifyServletContextHandler(handler -> {
                    add(handler::addServlet, "/patient", 0);
                    add(handler::addServlet, "/hurried", 500);
                }));
    }

    private interface Mapping {
        void add(ServletHolder servlet, String path);
    }

    private static void add(Mapping mapping, String path, long timeout) {
        var holder = new ServletHolder(new Listening(timeout));
        holder.setAsyncSupported(true);
        mapping.add(holder, path);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whoeverDripsForTooLongIsRefused() throws Exception {
        try (Socket socket = begin("/patient", "Content-Length: 100", "x")) {
            TICKS.addAndGet(Duration.ofSeconds(11).toNanos());

            send(socket, "y");

            assertEquals("HTTP/1.1 408 Request Timeout", statusLine(socket));
        }
    }

    @Test
    void whoeverIsSilentForTooLongIsToBlame() throws Exception {
        try (Socket socket = begin("/hurried", "Content-Length: 100", "x")) {
            TICKS.addAndGet(Duration.ofSeconds(11).toNanos());

            assertEquals("HTTP/1.1 408 Request Timeout", statusLine(socket));
        }
    }

    @Test
    void whoeverIsGivenTooLittleTimeIsNot() throws Exception {
        try (Socket socket = begin("/hurried", "Content-Length: 100", "x")) {
            assertEquals("HTTP/1.1 503 Service Unavailable", statusLine(socket));
        }
    }

    @Test
    void aListenerThatCompletesOnAFailureDoesNotSayThatAllIsWell() throws Exception {
        try (Socket socket = begin("/patient", "Transfer-Encoding: chunked", "1\r\nx\r\n")) {
            send(socket, "400\r\n" + "x".repeat(1024) + "\r\n0\r\n\r\n");

            assertTrue(statusLine(socket).startsWith("HTTP/1.1 413 "));
        }
    }

    /** Sends the head and the beginning of a body, and waits until its listener has read that. */
    private static Socket begin(String path, String field, String body) throws Exception {
        WAITS.drainPermits();
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        send(socket, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n" + body);
        assertTrue(WAITS.tryAcquire(20, TimeUnit.SECONDS));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String statusLine(Socket socket) throws IOException {
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        return String.valueOf(in.readLine());
    }

    /** Reads a body when there is some, and completes whatever happens, as many do. */
    private static final class Listening extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final long timeout;

        Listening(long timeout) {
            this.timeout = timeout;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext async = request.startAsync();
            async.setTimeout(timeout);
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new ReadListener() {
                private int read;

                @Override
                public void onDataAvailable() throws IOException {
                    byte[] some = new byte[100];
                    while (in.isReady() && !in.isFinished()) {
                        read += Math.max(0, in.read(some));
                    }
                    if (read == 1) {
                        WAITS.release();
                    }
                }

                @Override
                public void onAllDataRead() {
                    async.complete();
                }

                @Override
                public void onError(Throwable failure) {
                    async.complete();
                }
            });
        }
    }
}
