// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/** A server in a JVM of its own, from both sides: {@link #answer} is called in there, all else from outside. */
public final class ServerJvm implements AutoCloseable {

    private static final String USED = "used";
    private static final String TOKEN = "token";
    private static final String RECORD = "record";
    private static final String RECORDED = "recorded";

    private final ChildJvm child;
    private final int port;

    private ServerJvm(ChildJvm child) throws IOException {
        this.child = child;
        port = Integer.parseInt(child.read());
    }

    /** Waits until the server has said its port. */
    public static ServerJvm of(ChildJvm child) throws IOException {
        try {
            return new ServerJvm(child);
        } catch (IOException | RuntimeException failed) {
            child.close();
            throw failed;
        }
    }

    public int port() {
        return port;
    }

    /** A new access token for another caller each time. */
    public String token() throws IOException {
        return child.ask(TOKEN);
    }

    public Used used() throws IOException {
        return Used.parse(child.ask(USED));
    }

    /** Begins to record where memory is allocated; start the JVM with {@link Allocations#JVM_OPTIONS}. */
    public void recordAllocations() throws IOException {
        child.ask(RECORD);
    }

    /** What has been allocated since. */
    public Allocations allocations() throws IOException {
        Path recording = Path.of(child.ask(RECORDED));
        try {
            return Allocations.read(recording);
        } finally {
            Files.delete(recording);
        }
    }

    @Override
    public void close() {
        child.close();
    }

    /** The server's side: says the port, then answers until the input ends. */
    public static void answer(int port, Supplier<String> tokens) throws IOException {
        System.out.println(port);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Recording recording = null;
        for (String question = in.readLine(); question != null; question = in.readLine()) {
            switch (question) {
                case USED -> System.out.println(Used.now().line());
                case TOKEN -> System.out.println(tokens.get());
                case RECORD -> {
                    recording = Allocations.record();
                    System.out.println(RECORD);
                }
                case RECORDED -> System.out.println(saved(recording));
                default ->
                    throw new IOException(
                            "one of " + List.of(USED, TOKEN, RECORD, RECORDED) + " may be asked, was " + question);
            }
        }
    }

    private static Path saved(@Nullable Recording recording) throws IOException {
        if (recording == null) {
            throw new IOException("ask for " + RECORD + " before " + RECORDED);
        }
        try (recording) {
            recording.stop();
            Path file = Files.createTempFile("allocations", ".jfr");
            recording.dump(file);
            return file;
        }
    }
}
