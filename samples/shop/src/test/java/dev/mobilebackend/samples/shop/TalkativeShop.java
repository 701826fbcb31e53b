// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shop's jar, with all of its loggers as talkative as they get, and all that it prints in a file. */
final class TalkativeShop implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("shop: ready on (http://[^,]+),");

    private final Path output;
    private final Process process;
    private final URI address;

    private TalkativeShop(Path output, Process process) throws IOException {
        this.output = output;
        this.process = process;
        this.address = awaitStart();
    }

    /** Returns once it says that it is ready. */
    static TalkativeShop start(Path folder, Map<String, String> environment) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-Dorg.slf4j.simpleLogger.log.dev.mobilebackend=trace",
                "-Dorg.slf4j.simpleLogger.log.dev.mobilebackend.access=trace",
                "-Dorg.slf4j.simpleLogger.log.dev.mobilebackend.access.denied=trace",
                "-Dorg.slf4j.simpleLogger.log.org.jdbi=trace",
                "-Dorg.slf4j.simpleLogger.log.com.zaxxer=trace",
                "-jar",
                Path.of("target", "shop.jar").toAbsolutePath().toString()));
        Path output = folder.resolve("output");
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new TalkativeShop(output, builder.start());
    }

    URI address() {
        return address;
    }

    /** All that it has printed. */
    String output() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private URI awaitStart() throws IOException {
        while (process.isAlive()) {
            Matcher ready = READY.matcher(output());
            if (ready.find()) {
                return URI.create(ready.group(1));
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("the shop did not start: " + output());
    }
}
