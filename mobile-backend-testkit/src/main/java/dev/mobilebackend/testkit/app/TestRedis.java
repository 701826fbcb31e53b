// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import redis.embedded.RedisServer;

/**
 * A real Redis server that the whole JVM shares, started when it is first asked for and stopped when the JVM ends. It
 * keeps nothing on disk. Thread safe.
 */
public final class TestRedis {

    private final int port;

    private TestRedis(int port) {
        this.port = port;
    }

    public static TestRedis shared() {
        return Shared.SERVER;
    }

    /** Where a client reaches it, such as {@code redis://127.0.0.1:50123}. */
    public URI uri() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** Removes every key, as a test class does before it starts. */
    public void flush() {
        String answer = send("FLUSHALL");
        if (!answer.equals("+OK")) {
            throw new IllegalStateException("FLUSHALL must be answered by +OK, was " + answer);
        }
    }

    @Override
    public String toString() {
        return "TestRedis[" + uri() + "]";
    }

    /** One inline command of the Redis protocol and the first line of its answer. */
    private String send(String command) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                var answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            String line = answer.readLine();
            if (line == null) {
                throw new IllegalStateException(
                        "the embedded Redis closed the connection before it answered " + command);
            }
            return line;
        } catch (IOException failed) {
            throw new UncheckedIOException("the embedded Redis did not answer " + command, failed);
        }
    }

    private static TestRedis start() {
        try {
            int port = freePort();
            RedisServer.newRedisServer()
                    .bind("127.0.0.1")
                    .port(port)
                    .setting("save \"\"")
                    .setting("appendonly no")
                    .build()
                    .start();
            return new TestRedis(port);
        } catch (IOException failed) {
            throw new UncheckedIOException("the embedded Redis did not start", failed);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class Shared {
        static final TestRedis SERVER = start();
    }
}
