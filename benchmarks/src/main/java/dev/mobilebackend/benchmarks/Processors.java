// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who runs on which processor: a server on one alone, the load on the others, so that requests a second say what the
 * server can do and not how the two share. By {@code taskset}, so on Linux only.
 */
public final class Processors {

    private final List<Integer> mine;

    private Processors(List<Integer> mine) {
        this.mine = mine;
    }

    /** Moves all threads of this JVM off the first processor that it may use, if there are two and they can be told. */
    public static Processors parted() throws IOException, InterruptedException {
        List<Integer> mine = allowed();
        var processors = new Processors(mine);
        if (processors.areParted()) {
            String others = mine.stream().skip(1).map(String::valueOf).collect(Collectors.joining(","));
            var pin = new ProcessBuilder(
                    "taskset",
                    "-a",
                    "-c",
                    "-p",
                    others,
                    Long.toString(ProcessHandle.current().pid()));
            int status = pin.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
                    .waitFor();
            if (status != 0) {
                return new Processors(List.of());
            }
        }
        return processors;
    }

    public boolean areParted() {
        return mine.size() > 1;
    }

    /** What to put before the command of a server, so that it has the first processor. */
    public List<String> command() {
        return areParted() ? List.of("taskset", "-c", mine.get(0).toString()) : List.of();
    }

    /** Such as {@code 0-3,8}, as Linux writes it. */
    private static List<Integer> allowed() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status) || !Files.isExecutable(Path.of("/usr/bin/taskset"))) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .flatMap(line -> Stream.of(
                            line.substring(line.indexOf(':') + 1).strip().split(",", -1)))
                    .flatMap(range -> range(range).boxed())
                    .toList();
        }
    }

    private static IntStream range(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? IntStream.of(Integer.parseInt(text))
                : IntStream.rangeClosed(
                        Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
    }
}
