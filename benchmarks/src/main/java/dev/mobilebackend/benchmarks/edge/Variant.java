// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Processors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is measured. */
enum Variant {
    BARE("Jetty, bare servlet", "bare"),
    EDGE("the same behind the edge, ES256", "edge"),
    SPRING_ES256("Spring Boot, Security, Bucket4j, ES256", "ES256"),
    SPRING_RS256("the same, RS256", "RS256"),
    SPRING_HS256("the same, HS256", "HS256");

    /** Spring has a class path of its own: ours would change what it configures by itself. */
    private static final Path SPRING = Path.of("benchmarks", "spring", "target");

    private static final List<String> JVM_OPTIONS =
            List.of("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private final String title;
    private final String argument;

    Variant(String title, String argument) {
        this.title = title;
        this.argument = argument;
    }

    String title() {
        return title;
    }

    /** How much of the load it gets: rounds should take about as long for each. */
    int share(int requests) {
        return this == SPRING_ES256 ? requests / 8 : requests;
    }

    ChildJvm start(Processors processors, List<String> furtherOptions) throws IOException {
        var options = new ArrayList<>(JVM_OPTIONS);
        options.addAll(furtherOptions);
        if (this == BARE || this == EDGE) {
            String classPath = System.getProperty("java.class.path");
            return ChildJvm.start(processors.command(), classPath, EdgeServer.class.getName(), argument, options);
        }
        String classPath = SPRING.resolve("classes") + ":" + Files.readString(SPRING.resolve("class-path"));
        String main = "dev.mobilebackend.benchmarks.spring.SpringServer";
        return ChildJvm.start(processors.command(), classPath, main, argument, options);
    }
}
