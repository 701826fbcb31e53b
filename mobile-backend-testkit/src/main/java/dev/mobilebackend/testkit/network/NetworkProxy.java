// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.network;

import dev.mobilebackend.core.ambient.Ambient;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback interface, in front of an application. It passes every byte on until a test cuts a
 * response: then the request reaches the application and is answered, and the phone sees its connection reset without
 * one byte of the answer, as if the network had gone after the commit.
 *
 * <pre>{@code
 * network.cutNextResponse();
 * phone.post("/v1/orders", order);   // runs twice on the network, must count once in the application
 * }</pre>
 *
 * Speaks plain HTTP/1.1 without pipelining, over kept-alive connections or single ones. It also stands between an
 * application and its database, where {@link #cutAt} cuts a connection on what is said on it: a commit whose answer is
 * lost is the fault that no client can tell from one that never came. Thread safe.
 */
public final class NetworkProxy implements AutoCloseable {

    /** On which side of its effect a cut falls. */
    public enum Moment {
        /** The words never reach the server. */
        BEFORE,
        /** The server has heard the words, and its answer is lost. */
        AFTER
    }

    /** A cut that waits for its words to be said. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record CutAt(byte[] words, Moment moment, CompletableFuture<Void> made) {}

    private static final int BUFFER_BYTES = 16 * 1024;

    private final URI server;
    private final ServerSocket door;
    private final ThreadFactory threads = Ambient.workerThreads("network-proxy");
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Queue<CompletableFuture<Void>> cutsToMake = new ConcurrentLinkedQueue<>();
    private final Queue<CutAt> cutsAtWords = new ConcurrentLinkedQueue<>();
    private final AtomicInteger cutsMade = new AtomicInteger();
    private final CompletableFuture<Void> acceptsNoMore = new CompletableFuture<>();

    private NetworkProxy(URI server) {
        boolean known = "http".equals(server.getScheme()) || "tcp".equals(server.getScheme());
        if (!known || server.getHost() == null || server.getPort() < 0) {
            throw new IllegalArgumentException(
                    "server must be like http://127.0.0.1:8080 or tcp://127.0.0.1:5432, was " + server);
        }
        this.server = server;
        try {
            door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException("could not open a loopback port in front of " + server, failed);
        }
        threads.newThread(this::accept).start();
    }

    /** A proxy in front of a server, such as {@code http://127.0.0.1:8080} or {@code tcp://127.0.0.1:5432}. */
    public static NetworkProxy to(URI server) {
        return new NetworkProxy(server);
    }

    /** What a phone calls in place of the application. */
    public URI uri() {
        return URI.create(server.getScheme() + "://127.0.0.1:" + door.getLocalPort() + server.getRawPath());
    }

    /**
     * Cuts the first response that begins after this call, whichever connection it is on, and none after it. Called
     * twice, it cuts the next two.
     *
     * @return completes once the application has begun to answer and the phone's connection is reset; cancelled before
     *     that, nothing is cut
     */
    public CompletableFuture<Void> cutNextResponse() {
        var cut = new CompletableFuture<Void>();
        cutsToMake.add(cut);
        return cut;
    }

    /**
     * Cuts the first connection on which these words are sent to the server from now on, and none after it.
     *
     * <pre>{@code
     * network.cutAt("COMMIT", Moment.AFTER);  // a PostgreSQL driver says so in clear with prepareThreshold=0
     * }</pre>
     *
     * @param words ASCII, sent in one piece
     * @return completes once the client's connection is reset; cancelled before that, nothing is cut
     */
    public CompletableFuture<Void> cutAt(String words, Moment moment) {
        var cut = new CompletableFuture<Void>();
        cutsAtWords.add(new CutAt(words.getBytes(StandardCharsets.US_ASCII), moment, cut));
        return cut;
    }

    /** How many responses have been cut so far. */
    public int cutResponses() {
        return cutsMade.get();
    }

    /** Resets every connection and accepts no more. */
    @Override
    public void close() {
        close(door);
        acceptsNoMore.join();
        connections.forEach(Connection::reset);
    }

    @Override
    public String toString() {
        return "NetworkProxy[" + uri() + " -> " + server + "]";
    }

    private void accept() {
        try (door) {
            while (true) {
                new Connection(door.accept()).open();
            }
        } catch (IOException closed) {
            acceptsNoMore.complete(null);
        }
    }

    /** One connection of a phone and its own connection to the application. */
    private final class Connection {

        private final Socket phone;
        private final Socket application = new Socket();

        /**
         * A request, or a part of it, has gone up and nothing has come down since: what comes next begins an answer.
         */
        private volatile boolean unanswered;

        /** A cut that falls on the next answer on this connection. */
        private volatile @Nullable CompletableFuture<Void> cutNext;

        Connection(Socket phone) {
            this.phone = phone;
        }

        void open() {
            connections.add(this);
            threads.newThread(this::passUp).start();
        }

        private void passUp() {
            try {
                phone.setTcpNoDelay(true);
                application.setTcpNoDelay(true);
                application.connect(new InetSocketAddress(server.getHost(), server.getPort()));
                threads.newThread(this::passDown).start();
                var buffer = new byte[BUFFER_BYTES];
                for (int n = phone.getInputStream().read(buffer);
                        n >= 0;
                        n = phone.getInputStream().read(buffer)) {
                    CutAt cut = heard(buffer, n);
                    if (cut != null && cut.moment() == Moment.BEFORE) {
                        cutsMade.incrementAndGet();
                        reset();
                        cut.made().complete(null);
                        return;
                    }
                    if (cut != null) {
                        cutNext = cut.made();
                    }
                    unanswered = true;
                    application.getOutputStream().write(buffer, 0, n);
                }
            } catch (IOException gone) {
                // the phone or the application: either way nothing more goes up
            }
            hangUp();
        }

        private void passDown() {
            try {
                var buffer = new byte[BUFFER_BYTES];
                for (int n = application.getInputStream().read(buffer);
                        n >= 0;
                        n = application.getInputStream().read(buffer)) {
                    if (unanswered) {
                        unanswered = false;
                        CompletableFuture<Void> cut = cutNext != null ? cutNext : nextCut();
                        if (cut != null) {
                            cut(cut);
                            break;
                        }
                    }
                    phone.getOutputStream().write(buffer, 0, n);
                }
                close();
            } catch (IOException broken) {
                reset();
            }
        }

        /** The phone loses its connection; the application ends its answer undisturbed, to nobody. */
        private void cut(CompletableFuture<Void> cut) throws IOException {
            cutsMade.incrementAndGet();
            resetPhone();
            cut.complete(null);
            application.getInputStream().transferTo(OutputStream.nullOutputStream());
        }

        /** The application sees the end of the requests; it may still answer the last one. */
        private void hangUp() {
            try {
                application.shutdownOutput();
            } catch (IOException neverConnectedOrClosed) {
                reset();
            }
        }

        void reset() {
            resetPhone();
            close();
        }

        /** Closing with a linger time of zero sends RST, not FIN: nobody can take the cut for the end of an answer. */
        private void resetPhone() {
            try {
                phone.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                // then there is nothing left to reset
            }
            NetworkProxy.close(phone);
        }

        private void close() {
            NetworkProxy.close(phone);
            NetworkProxy.close(application);
            connections.remove(this);
        }
    }

    /** The next cut of any response that has not been cancelled. */
    private @Nullable CompletableFuture<Void> nextCut() {
        CompletableFuture<Void> cut = cutsToMake.poll();
        while (cut != null && cut.isDone()) {
            cut = cutsToMake.poll();
        }
        return cut;
    }

    /** The cut that waits for what has just been said, taken from those that wait. */
    private @Nullable CutAt heard(byte[] said, int length) {
        cutsAtWords.removeIf(cut -> cut.made().isDone());
        List<CutAt> fitting = cutsAtWords.stream()
                .filter(cut -> contains(said, length, cut.words()))
                .toList();
        return fitting.stream().filter(cutsAtWords::remove).findFirst().orElse(null);
    }

    private static boolean contains(byte[] said, int length, byte[] words) {
        for (int at = 0; at + words.length <= length; at++) {
            if (Arrays.equals(said, at, at + words.length, words, 0, words.length)) {
                return true;
            }
        }
        return false;
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("could not close " + socket, failed);
        }
    }
}
