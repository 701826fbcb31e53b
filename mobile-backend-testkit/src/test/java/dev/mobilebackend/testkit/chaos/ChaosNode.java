// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.network.NetworkProxy;
import dev.mobilebackend.testkit.network.NetworkProxy.Moment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server process and the networks on both its sides. Whatever ends the process, another one is started in its
 * place.
 */
final class ChaosNode implements AutoCloseable {

    /** One life of the server. */
    private record Life(Process process, NetworkProxy clients) {}

    private final NetworkProxy databaseNetwork;
    private final List<String> arguments;
    private final AtomicInteger deaths = new AtomicInteger();
    private volatile CompletableFuture<Life> life;
    private volatile Moment moment = Moment.BEFORE;
    private volatile CompletableFuture<Void> cut = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    ChaosNode(TestDatabase database) {
        // jdbc:postgresql://HOST:PORT/NAME
        URI direct = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        databaseNetwork = NetworkProxy.to(URI.create("tcp://" + direct.getAuthority()));
        // Each COMMIT in clear, so that the network hears it; and no thread waits for ever on a network that is gone.
        String options = "?prepareThreshold=0&socketTimeout=20";
        arguments = List.of(
                "jdbc:postgresql://" + databaseNetwork.uri().getAuthority() + direct.getPath() + options,
                database.jdbcUrl(),
                database.user(),
                database.password());
        life = CompletableFuture.supplyAsync(this::begin);
    }

    private Life begin() {
        try {
            var command = new java.util.ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
            command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChaosServer.class.getName()));
            command.addAll(arguments);
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
            String port = lines.readLine();
            if (port == null) {
                throw new IllegalStateException("the server ended before it was ready; its own words stand above");
            }
            var born = new Life(process, NetworkProxy.to(URI.create("http://127.0.0.1:" + port)));
            var listener = new Thread(() -> listen(born, lines), "chaos-node");
            listener.setDaemon(true);
            listener.start();
            return born;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Until the server is gone: then begins the next life. */
    private void listen(Life current, BufferedReader lines) {
        try (var answers = new PrintWriter(current.process.getOutputStream(), true, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(Crash.KILL)) {
                    current.process.destroyForcibly();
                } else {
                    cut = databaseNetwork.cutAt("COMMIT", moment);
                    answers.println(line);
                }
            }
        } catch (IOException gone) {
            // killed while we read
        }
        deaths.incrementAndGet();
        if (!closed) {
            life = CompletableFuture.supplyAsync(this::begin);
        }
        current.clients.close();
    }

    boolean isUp() {
        return life.isDone() && life.join().process.isAlive();
    }

    /** Where clients reach it; waits for its start. */
    URI uri() {
        return life.join().clients.uri();
    }

    void kill() {
        life.join().process.destroyForcibly();
    }

    int deaths() {
        return deaths.get();
    }

    /** On which side of the commit the server's next cut falls. */
    void cutCommits(Moment side) {
        moment = side;
    }

    CompletableFuture<Void> cutNextAnswer() {
        return life.join().clients.cutNextResponse();
    }

    /** A cut that was asked for and did not happen must not happen to the next request. */
    void calm() {
        cut.cancel(false);
    }

    @Override
    public void close() {
        closed = true;
        life.join().process.destroyForcibly();
        life.join().clients.close();
        databaseNetwork.close();
    }
}
