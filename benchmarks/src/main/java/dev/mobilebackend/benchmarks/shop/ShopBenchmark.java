// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.shop;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.HttpLoad;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The CPU that the shop takes until it is ready, on an empty folder as a newcomer has it, and the memory it then
 * resides in; read from /proc, so on Linux only.
 */
final class ShopBenchmark {

    private static final Path JAR =
            Path.of("samples", "shop", "target", "shop.jar").toAbsolutePath();
    private static final String READY = "shop: ready on ";

    /** The unit of CPU time in /proc/PID/stat: proc(5) calls it sysconf(_SC_CLK_TCK), and Linux has it at 100. */
    private static final double TICKS_PER_SECOND = 100;

    private final Samples cpu = new Samples();
    private final Samples ready = new Samples();
    private final Samples loaded = new Samples();

    private ShopBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(5));
        var benchmark = new ShopBenchmark();
        int starts = run.quick() ? 1 : 5;
        for (int start = 1; start <= starts; start++) {
            run.say("start " + start + " of " + starts);
            benchmark.measure();
        }
        run.table(
                List.of("the shop", "median"),
                List.of(
                        List.of("CPU seconds until ready", format(benchmark.cpu)),
                        List.of("MB resident when ready", format(benchmark.ready)),
                        List.of("MB resident after 5,000 reads", format(benchmark.loaded))));
        run.found(Figure.atMost("shop-start-cpu", benchmark.cpu.median(), "CPU seconds", 5));
        run.found(Figure.atMost("shop-resident", benchmark.ready.median(), "MB when ready", 200));
        run.found(Figure.atMost("shop-resident-loaded", benchmark.loaded.median(), "MB after 5,000 reads", 200));
    }

    private void measure() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("shop");
        var command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        command.environment().put("PORT", "0");
        Process shop = command.start();
        try (HttpLoad load = HttpLoad.to(portOf(shop), "/v1/products/7", List.of(), 4)) {
            cpu.add(cpuSeconds(shop));
            ready.add(residentMegabytes(shop));
            load.send(5_000);
            loaded.add(residentMegabytes(shop));
        } finally {
            shop.destroy();
            if (!shop.waitFor(20, TimeUnit.SECONDS)) {
                shop.destroyForcibly();
            }
            delete(folder);
        }
    }

    private static int portOf(Process shop) throws IOException {
        BufferedReader output = shop.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                String address = line.substring(READY.length(), line.indexOf(',', READY.length()));
                return URI.create(address).getPort();
            }
        }
        throw new IOException("the shop ended before it was ready: is " + JAR + " built?");
    }

    /** User and system time, the 14th and 15th field; the 2nd is a name in parentheses that may have blanks. */
    private static double cpuSeconds(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) / TICKS_PER_SECOND;
    }

    private static double residentMegabytes(Process process) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            String line = lines.filter(each -> each.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the shop has ended"));
            return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String format(Samples samples) {
        return String.format(Locale.ROOT, "%.1f", samples.median());
    }
}
