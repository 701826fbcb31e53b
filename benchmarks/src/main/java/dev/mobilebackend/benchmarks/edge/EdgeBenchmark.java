// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.HttpLoad;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What the edge adds to one request: the same servlet on the same Jetty, bare and behind the edge (request id, security
 * fields, limit by client, declared route), each in a JVM of its own on a loopback port.
 *
 * <p>Only the servers' own threads are counted. Both get the same load in turn, and what is compared are two rounds
 * that follow each other, so a neighbour that takes the machine for a while disturbs both. No two JVMs compile alike,
 * so a whole run starts several pairs of them.
 */
final class EdgeBenchmark {

    private static final int CONNECTIONS = 8;

    private static final List<String> JVM_OPTIONS =
            List.of("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private static final List<String> FIELDS = List.of(
            "User-Agent: Shop/4.2.1 (Android 15)",
            "Accept: application/json",
            "Accept-Encoding: gzip",
            "Device-Id: 0b8f6a4e-6f0c-4a55-9f6e-3f1f5a9d2c11",
            "App-Version: 4.2.1");

    private final Samples bareCpu = new Samples();
    private final Samples edgeCpu = new Samples();
    private final Samples addedCpu = new Samples();
    private final Samples bareBytes = new Samples();
    private final Samples edgeBytes = new Samples();
    private final Samples addedBytes = new Samples();
    private final Samples bareRate = new Samples();
    private final Samples edgeRate = new Samples();

    private EdgeBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(10));
        var benchmark = new EdgeBenchmark();
        int pairs = run.quick() ? 1 : 3;
        for (int pair = 1; pair <= pairs; pair++) {
            run.say("pair " + pair + " of " + pairs + ": starting both servers");
            if (run.quick()) {
                benchmark.measure(run, 5_000, 3, 2_000);
            } else {
                benchmark.measure(run, 60_000, 10, 20_000);
            }
        }
        benchmark.report(run);
    }

    private void measure(Run run, int warmUp, int rounds, int requests) throws IOException, InterruptedException {
        try (var bare = new Variant("bare");
                var edge = new Variant("edge")) {
            run.say("warming up with " + warmUp + " requests each");
            bare.load.send(warmUp);
            edge.load.send(warmUp);
            for (int round = 1; round <= rounds; round++) {
                boolean bareFirst = round % 2 == 1;
                Cost first = (bareFirst ? bare : edge).round(requests);
                Cost second = (bareFirst ? edge : bare).round(requests);
                Cost bareCost = bareFirst ? first : second;
                Cost edgeCost = bareFirst ? second : first;
                add(bareCost, edgeCost);
                run.say("round " + round + " of " + rounds + ": bare " + bareCost + ", edge " + edgeCost);
            }
        }
    }

    private void add(Cost bare, Cost edge) {
        bareCpu.add(bare.cpuMicros);
        edgeCpu.add(edge.cpuMicros);
        addedCpu.add(edge.cpuMicros - bare.cpuMicros);
        bareBytes.add(bare.bytes);
        edgeBytes.add(edge.bytes);
        addedBytes.add(edge.bytes - bare.bytes);
        bareRate.add(bare.perSecond);
        edgeRate.add(edge.perSecond);
    }

    private void report(Run run) {
        run.table(
                List.of("per request", "CPU us, median", "quarter", "three quarters", "bytes, median", "requests/s"),
                List.of(
                        row("Jetty, bare servlet", bareCpu, bareBytes, cell("%,.0f", bareRate.median())),
                        row("the same behind the edge", edgeCpu, edgeBytes, cell("%,.0f", edgeRate.median())),
                        row("added by the edge", addedCpu, addedBytes, "")));
        run.found(Figure.atMost("edge-cpu", addedCpu.median(), "us added per request", 5));
        run.found(Figure.atMost("edge-bytes", addedBytes.median(), "bytes added per request", 1024));
    }

    private static List<String> row(String name, Samples cpu, Samples bytes, String rate) {
        return List.of(
                name,
                cell("%.1f", cpu.median()),
                cell("%.1f", cpu.quantile(0.25)),
                cell("%.1f", cpu.quantile(0.75)),
                cell("%,.0f", bytes.median()),
                rate);
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** What one request of a round cost the server. */
    private record Cost(double cpuMicros, double bytes, double perSecond) {

        @Override
        public String toString() {
            return cell("%.1f us", cpuMicros) + " and " + cell("%,.0f bytes", bytes);
        }
    }

    /** What a server's threads have used since it started. */
    private record Used(long nanos, long bytes) {

        static Used parse(String line) {
            int space = line.indexOf(' ');
            return new Used(Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
        }
    }

    /** One server and the load on it. */
    private static final class Variant implements AutoCloseable {

        private final ChildJvm server;
        private final HttpLoad load;

        Variant(String name) throws IOException {
            server = ChildJvm.start(EdgeServer.class, name, JVM_OPTIONS);
            try {
                int port = Integer.parseInt(server.read());
                load = HttpLoad.to(port, "/v1/products/42", FIELDS, CONNECTIONS);
            } catch (IOException | RuntimeException failed) {
                server.close();
                throw failed;
            }
        }

        Cost round(int requests) throws IOException, InterruptedException {
            Used before = Used.parse(server.ask("used?"));
            double seconds = load.send(requests);
            Used after = Used.parse(server.ask("used?"));
            double micros = (after.nanos - before.nanos) / 1_000.0;
            double bytes = after.bytes - before.bytes;
            return new Cost(micros / requests, bytes / requests, requests / seconds);
        }

        @Override
        public void close() throws IOException {
            load.close();
            server.close();
        }
    }
}
