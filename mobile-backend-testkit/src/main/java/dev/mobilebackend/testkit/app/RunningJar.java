// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application's runnable jar in a process and a folder of its own, as it is deployed: to see how it starts and
 * stops, and what survives when it is killed. It gets the {@code -XX} options that the test's JVM has. What it writes
 * to standard error goes to the test's.
 *
 * <pre>{@code
 * try (var app = RunningJar.start(Path.of("target/shop.jar"), folder, Map.of(), Pattern.compile("ready on (\\S+)"))) {
 *     assertEquals(200, MobileClient.builder(app.uri()).build().get("/health/ready").status());
 *     app.terminate();
 *     assertEquals(143, app.exitCode());
 * }
 * }</pre>
 */
public final class RunningJar implements RunningApp {

    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;
    private final URI uri;

    private RunningJar(Process process, Pattern ready) {
        this.process = process;
        output = process.inputReader(StandardCharsets.UTF_8);
        uri = URI.create(awaitLine(ready));
    }

    /**
     * Starts it and returns once it says that it is ready.
     *
     * @param environment variables beside those of this process; {@code PORT} is 0 unless they say otherwise
     * @param ready a part of the line that it prints when it is, whose first group is its address
     * @throws IllegalStateException if it ends without having said so
     */
    public static RunningJar start(Path jar, Path folder, Map<String, String> environment, Pattern ready) {
        Process process = start(command(jar, folder, environment).redirectError(ProcessBuilder.Redirect.INHERIT));
        try {
            return new RunningJar(process, ready);
        } catch (RuntimeException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /**
     * Starts it with what it cannot start with, and waits until it has ended.
     *
     * @return what it printed, standard error included
     * @throws IllegalStateException if it ended with another exit code
     */
    public static List<String> fail(Path jar, Path folder, Map<String, String> environment, int exitCode) {
        Process process = start(command(jar, folder, environment).redirectErrorStream(true));
        List<String> said = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        int ended = exitCode(process);
        if (ended != exitCode) {
            throw new IllegalStateException(
                    jar.getFileName() + " ended with exit code " + ended + ", not " + exitCode + ", and said " + said);
        }
        return said;
    }

    @Override
    public URI uri() {
        return uri;
    }

    /**
     * Reads what it prints until a line has the pattern in it, and returns the first group.
     *
     * @throws IllegalStateException if it ends before
     */
    public String awaitLine(Pattern pattern) {
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher matcher = pattern.matcher(line);
                if (matcher.find()) {
                    return matcher.group(1);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        throw new IllegalStateException(
                "the application ended with exit code " + exitCode(process) + " before it printed " + pattern);
    }

    /** As {@code kill -9} does: nothing of the process runs any more. */
    public void kill() {
        process.destroyForcibly();
        exitCode(process);
    }

    /**
     * As {@code kill} does: by SIGTERM where there are signals.
     *
     * @return what it printed and nobody has read yet, up to its end
     */
    public List<String> terminate() {
        process.toHandle().destroy();
        return output.lines().toList();
    }

    /** Its exit code, once it has ended: 143 after SIGTERM. */
    public int exitCode() {
        return exitCode(process);
    }

    /** Kills it where it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static ProcessBuilder command(Path jar, Path folder, Map<String, String> environment) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:"))
                .forEach(command::add);
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("PORT", "0");
        builder.environment().putAll(environment);
        return builder;
    }

    private static Process start(ProcessBuilder command) {
        try {
            return command.start();
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    private static int exitCode(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the application did not end within " + PATIENCE_SECONDS + " seconds");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the application was ending", e);
        }
    }
}
