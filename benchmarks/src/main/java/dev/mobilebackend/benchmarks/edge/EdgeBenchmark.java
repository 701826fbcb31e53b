// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import dev.mobilebackend.benchmarks.Allocations;
import dev.mobilebackend.benchmarks.Processors;
import dev.mobilebackend.benchmarks.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;

/**
 * What stands in front of a handler costs for one request of a signed-in caller: nothing (a servlet on Jetty), the
 * edge (the same servlet on the same Jetty behind it), and Spring Boot with Spring Security and Bucket4j, with tokens
 * signed like ours and in two ways that are cheaper to check. All answer the same bytes.
 *
 * <p>Each is a JVM of its own, and only its own threads are counted. All get the same load in turn, and what is
 * compared are rounds that follow each other, so a neighbour that takes the machine for a while disturbs all. No two
 * JVMs compile alike, so a whole run starts several sets of them.
 */
final class EdgeBenchmark {

    private static final String PROFILE = "--profile";

    private EdgeBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(20), PROFILE);
        Processors processors = Processors.parted();
        if (run.asked(PROFILE)) {
            profile(run, processors);
            return;
        }
        var all = new Comparison();
        int sets = run.quick() ? 1 : 3;
        for (int set = 1; set <= sets; set++) {
            run.say("set " + set + " of " + sets + ": starting the servers");
            if (run.quick()) {
                measure(run, processors, all, 4_000, 3, 2_000);
            } else {
                measure(run, processors, all, 60_000, 10, 20_000);
            }
        }
        all.report(run, processors);
    }

    private static void measure(Run run, Processors processors, Comparison all, int warmUp, int rounds, int requests)
            throws IOException, InterruptedException {
        var servers = new ArrayList<ServerUnderLoad>();
        try {
            for (Variant variant : Variant.values()) {
                servers.add(ServerUnderLoad.start(variant, processors, List.of()));
            }
            run.say("warming up");
            for (ServerUnderLoad server : servers) {
                server.round(warmUp);
            }
            for (int round = 1; round <= rounds; round++) {
                var costs = new EnumMap<Variant, Cost>(Variant.class);
                for (ServerUnderLoad server : servers) {
                    costs.put(server.variant(), server.round(requests));
                }
                all.add(costs);
                run.say("round " + round + " of " + rounds + ": " + all.lastRound());
                Collections.rotate(servers, 1);
            }
        } finally {
            for (ServerUnderLoad server : servers) {
                server.close();
            }
        }
    }

    /** Where the edge allocates, for whoever makes it allocate less. */
    private static void profile(Run run, Processors processors) throws IOException, InterruptedException {
        int requests = run.quick() ? 5_000 : 50_000;
        for (Variant variant : List.of(Variant.BARE, Variant.EDGE)) {
            run.say("starting " + variant.title());
            try (var server = ServerUnderLoad.start(variant, processors, Allocations.JVM_OPTIONS)) {
                server.round(run.quick() ? 5_000 : 60_000);
                Allocations found = server.allocations(requests);
                run.table(List.of(variant.title(), "inside", "type", "bytes a request"), found.rows(requests, 40));
            }
        }
    }
}
