// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shop as the README starts it: the jar, in a process of its own, in a folder of its own. */
final class ShopProcess implements AutoCloseable {

    private static final Path JAR = Path.of("target", "shop.jar").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("shop: ready on (http://\\S+), .*");

    private final Process process;
    private final BufferedReader output;
    private final URI uri;

    private ShopProcess(Process process, BufferedReader output, URI uri) {
        this.process = process;
        this.output = output;
        this.uri = uri;
    }

    /** Starts it on a free port and returns once it says that it is ready. */
    static ShopProcess start(Path folder, Map<String, String> environment) throws IOException {
        Process process = command(folder, environment)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return new ShopProcess(process, output, URI.create(ready.group(1)));
            }
        }
        throw new IllegalStateException("the shop ended before it was ready, with exit code " + exitCode(process));
    }

    /**
     * Starts it with what it cannot start with.
     *
     * @return what it printed before it ended with an error
     */
    static List<String> fail(Path folder, Map<String, String> environment) throws IOException {
        Process process = command(folder, environment).redirectErrorStream(true).start();
        List<String> said = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        if (exitCode(process) != 2) {
            throw new IllegalStateException("the shop ended with exit code " + exitCode(process) + " and said " + said);
        }
        return said;
    }

    private static ProcessBuilder command(Path folder, Map<String, String> environment) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(java, "-jar", JAR.toString()).directory(folder.toFile());
        builder.environment().put("PORT", "0");
        builder.environment().putAll(environment);
        return builder;
    }

    URI uri() {
        return uri;
    }

    /** As {@code kill -9} does: nothing of the process runs any more. */
    void kill() {
        process.destroyForcibly();
        exitCode(process);
    }

    /**
     * As {@code kill} does.
     *
     * @return what it printed since it was ready
     */
    List<String> terminate() {
        process.toHandle().destroy();
        return output.lines().toList();
    }

    int exitCode() {
        return exitCode(process);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static int exitCode(Process process) {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the shop did not end within a minute");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the shop was ending", e);
        }
    }
}
