// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.load;

import dev.mobilebackend.benchmarks.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Phones that ask this machine at a fixed rate, however slowly it answers, and give up after three seconds. One thread
 * drives them all. It goes nowhere but to the loopback address.
 */
final class Phones implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

    /** A phone that finds no connection left gives up at once. */
    private static final int MOST_CONNECTIONS = 8_000;

    /** What became of the requests of one priority. */
    static final class Tally {
        int sent;
        int answered;
        int refused;
        int givenUp;
        final Samples millis = new Samples();

        double answeredPart() {
            return sent == 0 ? 1 : (double) answered / sent;
        }

        double p99() {
            return answered == 0 ? Double.NaN : millis.quantile(0.99);
        }
    }

    private final Selector selector = Selector.open();
    private final InetSocketAddress server;
    private final SplittableRandom random = new SplittableRandom(7);
    private final Kind userActions = new Kind("u=1");
    private final Kind background = new Kind("u=6");

    /** All that wait for an answer, the one that began first in front. */
    private final Deque<Phone> waiting = new ArrayDeque<>();

    Phones(int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** What became of users' actions and of background requests. */
    record Result(Tally userActions, Tally background) {}

    /** Asks for some seconds, then waits for what is under way. */
    Result ask(double seconds, double userActionsPerSecond, double backgroundPerSecond) throws IOException {
        userActions.tally = new Tally();
        background.tally = new Tally();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        userActions.plan(start, userActionsPerSecond);
        background.plan(start, backgroundPerSecond);
        while (System.nanoTime() < end || !waiting.isEmpty()) {
            long now = System.nanoTime();
            userActions.sendDue(Math.min(now, end));
            background.sendDue(Math.min(now, end));
            giveUp(now);
            selector.select(1);
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isValid()) {
                    ((Phone) key.attachment()).ready(key);
                }
            }
            selector.selectedKeys().clear();
            while (!waiting.isEmpty() && waiting.peekFirst().done) {
                waiting.removeFirst();
            }
        }
        return new Result(userActions.tally, background.tally);
    }

    private void giveUp(long now) {
        while (!waiting.isEmpty() && (waiting.peekFirst().done || now - waiting.peekFirst().began > PATIENCE)) {
            Phone first = waiting.removeFirst();
            if (!first.done) {
                first.giveUp();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    /** The requests of one priority. */
    private final class Kind {

        private final byte[] request;
        private final Deque<SocketChannel> idle = new ArrayDeque<>();
        private Tally tally = new Tally();
        private double perSecond;
        private long next;

        Kind(String priority) {
            request = ("GET /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nPriority: " + priority + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }

        void plan(long start, double rate) {
            perSecond = rate;
            next = start + gap();
        }

        void sendDue(long now) throws IOException {
            while (next - now < 0) {
                tally.sent++;
                SocketChannel open = idle.pollFirst();
                if (open == null && selector.keys().size() >= MOST_CONNECTIONS) {
                    tally.givenUp++;
                } else {
                    waiting.addLast(new Phone(this, next, open));
                }
                next += gap();
            }
        }

        private long gap() {
            return perSecond == 0 ? TimeUnit.DAYS.toNanos(1) : (long) (random.nextExponential() / perSecond * 1e9);
        }
    }

    /** One request on one connection, a new one or one that an earlier phone left open. */
    private final class Phone {

        private static final String END_OF_HEAD = "\r\n\r\n";

        private final Kind kind;
        private final long began;
        private final SocketChannel channel;
        private final ByteBuffer answer = ByteBuffer.allocate(4 * 1024);
        private boolean done;

        Phone(Kind kind, long began, @Nullable SocketChannel open) throws IOException {
            this.kind = kind;
            this.began = began;
            if (open == null) {
                channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                boolean connected = channel.connect(server);
                channel.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
            } else {
                channel = open;
                channel.register(selector, SelectionKey.OP_WRITE, this);
            }
        }

        /** A connection that breaks is a request that failed, as on a phone. */
        void ready(SelectionKey key) {
            try {
                if (done) {
                    channel.close();
                } else if (key.isConnectable() && channel.finishConnect()) {
                    key.interestOps(SelectionKey.OP_WRITE);
                } else if (key.isWritable()) {
                    channel.write(ByteBuffer.wrap(kind.request));
                    key.interestOps(SelectionKey.OP_READ);
                } else if (key.isReadable()) {
                    read(key);
                }
            } catch (IOException broken) {
                kind.tally.givenUp++;
                hangUp();
            }
        }

        void giveUp() {
            kind.tally.givenUp++;
            hangUp();
        }

        private void read(SelectionKey key) throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("closed by the server");
            }
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
            int body = text.indexOf(END_OF_HEAD) + END_OF_HEAD.length();
            if (body < END_OF_HEAD.length() || answer.position() < body + length(text)) {
                return;
            }
            if (text.startsWith("HTTP/1.1 200 ")) {
                kind.tally.answered++;
                kind.tally.millis.add((System.nanoTime() - began) / 1e6);
            } else {
                kind.tally.refused++;
            }
            done = true;
            key.interestOps(0);
            kind.idle.addFirst(channel);
        }

        private static int length(String text) {
            int field = text.toLowerCase(Locale.ROOT).indexOf("\r\ncontent-length:");
            int start = text.indexOf(':', field) + 1;
            return field < 0
                    ? 0
                    : Integer.parseInt(
                            text.substring(start, text.indexOf('\r', start)).strip());
        }

        private void hangUp() {
            done = true;
            try {
                channel.close();
            } catch (IOException alreadyClosed) {
                throw new UncheckedIOException(alreadyClosed);
            }
        }
    }
}
