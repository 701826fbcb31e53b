// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own for what is measured, so that it pays for itself alone. It answers one line on standard output for
 * each line on standard input, and ends when its input ends: it cannot outlive the JVM that started it.
 */
public final class ChildJvm implements AutoCloseable {

    private final String name;
    private final Process process;
    private final PrintWriter questions;
    private final BufferedReader answers;

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a class of this class path on this JDK. */
    public static ChildJvm start(Class<?> main, String argument, List<String> options) throws IOException {
        return start(List.of(), System.getProperty("java.class.path"), main.getName(), argument, options);
    }

    /**
     * Starts a class on this JDK.
     *
     * @param before command that starts the command after it, such as one that pins it to a processor
     */
    public static ChildJvm start(
            List<String> before, String classPath, String main, String argument, List<String> options)
            throws IOException {
        var command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main, argument));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new ChildJvm(main.substring(main.lastIndexOf('.') + 1) + " " + argument, process);
    }

    /** The child's next line. */
    public String read() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(name + " ended before it answered; its own words stand above");
        }
        return line;
    }

    public String ask(String question) throws IOException {
        questions.println(question);
        return read();
    }

    @Override
    public void close() {
        questions.close();
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
