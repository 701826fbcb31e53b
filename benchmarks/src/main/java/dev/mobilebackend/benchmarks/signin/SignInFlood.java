// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.signin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Phones that sign in at once, each from another address and with another account, over connections that are open
 * already. One thread drives them. It goes nowhere but to the loopback address.
 */
final class SignInFlood implements AutoCloseable {

    /** What one phone was answered, and after how long. */
    record Answer(int status, double millis) {}

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Selector selector = Selector.open();
    private final List<Phone> phones = new ArrayList<>();

    private SignInFlood(int port, List<byte[]> requests) throws IOException {
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (byte[] request : requests) {
            SocketChannel channel = SocketChannel.open(server);
            channel.configureBlocking(false);
            phones.add(new Phone(channel, request));
        }
    }

    static SignInFlood ofSignIns(int port, int count) throws IOException {
        return new SignInFlood(
                port, IntStream.range(0, count).mapToObj(SignInFlood::signIn).toList());
    }

    /** As many who ask for something that takes no time. */
    static SignInFlood ofNothing(int port, int count) throws IOException {
        return new SignInFlood(
                port, IntStream.range(0, count).mapToObj(SignInFlood::nothing).toList());
    }

    /** All ask, as quickly as they can be written, and wait for their answers; what got none has the status 0. */
    List<Answer> ask() throws IOException {
        for (Phone phone : phones) {
            phone.send();
        }
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        int waiting = phones.size();
        while (waiting > 0 && System.nanoTime() < giveUp) {
            selector.select(100);
            for (SelectionKey key : selector.selectedKeys()) {
                waiting -= ((Phone) key.attachment()).tryRead(key) ? 1 : 0;
            }
            selector.selectedKeys().clear();
        }
        return phones.stream().map(phone -> phone.answer).toList();
    }

    @Override
    public void close() throws IOException {
        for (Phone phone : phones) {
            phone.channel.close();
        }
        selector.close();
    }

    private static byte[] nothing(int number) {
        return ("GET /v1/quick HTTP/1.1\r\nHost: 127.0.0.1\r\n" + forwarded(number) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String forwarded(int number) {
        return "Forwarded: for=198.51." + number / 250 + "." + (number % 250 + 1) + ";proto=https";
    }

    private static byte[] signIn(int number) {
        String body = "{\"email\":\"user" + number + "@example.org\",\"password\":\"" + SignInServer.PASSWORD + "\"}";
        return ("POST /v1/auth/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + forwarded(number)
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether that much of an answer is all of it. */
    static boolean isWhole(String text) {
        int body = text.indexOf("\r\n\r\n") + 4;
        return body >= 4 && text.length() >= body + length(text);
    }

    static Answer answer(String text, long began) {
        return new Answer(Integer.parseInt(text.substring(9, 12)), (System.nanoTime() - began) / 1e6);
    }

    private static int length(String text) {
        int field = text.toLowerCase(Locale.ROOT).indexOf("\r\ncontent-length:");
        int start = text.indexOf(':', field) + 1;
        return field < 0
                ? 0
                : Integer.parseInt(
                        text.substring(start, text.indexOf('\r', start)).strip());
    }

    private final class Phone {

        private final SocketChannel channel;
        private final byte[] request;
        private final ByteBuffer received = ByteBuffer.allocate(4_096);
        private long began;
        private Answer answer = new Answer(0, 0);

        Phone(SocketChannel channel, byte[] request) {
            this.channel = channel;
            this.request = request;
        }

        /** So little always fits into the socket's own buffer. */
        void send() throws IOException {
            channel.register(selector, SelectionKey.OP_READ, this);
            began = System.nanoTime();
            channel.write(ByteBuffer.wrap(request));
        }

        /** Whether that was the end of it: the whole answer, or of the connection. */
        boolean tryRead(SelectionKey key) throws IOException {
            int read;
            try {
                read = channel.read(received);
            } catch (IOException broken) {
                read = -1;
            }
            String text = new String(received.array(), 0, received.position(), StandardCharsets.ISO_8859_1);
            boolean whole = isWhole(text);
            if (whole) {
                answer = answer(text, began);
            }
            if (whole || read < 0) {
                key.cancel();
                channel.close();
                return true;
            }
            return false;
        }
    }
}
