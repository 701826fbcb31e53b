// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TestRedisTest {

    private final TestRedis redis = TestRedis.shared();

    @Test
    void flushRemovesEveryKey() throws IOException {
        ask("SET basket full");

        redis.flush();

        assertEquals(":0", ask("EXISTS basket"));
    }

    @Test
    void isOneServerForTheWholeJvm() {
        assertSame(redis, TestRedis.shared());
    }

    private String ask(String command) throws IOException {
        try (var socket = new Socket(redis.uri().getHost(), redis.uri().getPort())) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }
}
