// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of its own, which keeps every commit and is crashed and started again on the same port. */
final class CrashedPostgres implements AutoCloseable {

    static final String USER = "postgres";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final EmbeddedPostgres server;

    CrashedPostgres() {
        try {
            folder = Files.createTempDirectory("jobs-chaos");
            server = start();
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL did not start", failed);
        }
    }

    private EmbeddedPostgres start() throws IOException {
        var builder = EmbeddedPostgres.builder()
                .setPGStartupWait(PATIENCE)
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false);
        List.of("fsync", "synchronous_commit", "full_page_writes")
                .forEach(setting -> builder.setServerConfig(setting, "on"));
        return builder.start();
    }

    int port() {
        return server.getPort();
    }

    String jdbcUrl(int at) {
        return "jdbc:postgresql://127.0.0.1:" + at + "/postgres";
    }

    /** Immediate shutdown: no checkpoint, every connection lost. The server then recovers, which takes it a moment. */
    void crash() {
        try {
            long pid = Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .get(0)
                    .trim());
            ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
            List<String> command = Files.readAllLines(folder.resolve("data/postmaster.opts")).stream()
                    .flatMap(line -> Stream.of(line.split(" ")))
                    .map(word -> word.replaceAll("^\"|\"$", ""))
                    .toList();
            Signals.send("QUIT", pid);
            server.onExit().orTimeout(60, TimeUnit.SECONDS).join();
            // PostgreSQL refuses to be run by root, who is somebody else in a user namespace of its own.
            List<String> prefix = System.getProperty("user.name").equals("root") ? List.of("unshare", "-U") : List.of();
            new ProcessBuilder(Stream.concat(prefix.stream(), command.stream()).toList())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("server.log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL did not start again", failed);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL was not stopped", failed);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException failed) {
            throw new UncheckedIOException("the files of PostgreSQL were not deleted", failed);
        }
    }
}
