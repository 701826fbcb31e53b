// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The long run of {@link IdempotencyChaos}: 2,000 seeds from 1 on, unless it is told otherwise. Ends with 1 where a run
 * went wrong, and with the command that does that one again.
 */
public final class IdempotencyChaosRuns {

    private static final int EVERY = 50;

    private final long start = System.nanoTime();
    private final List<Long> failed = new ArrayList<>();

    private IdempotencyChaosRuns() {}

    public static void main(String[] arguments) {
        long seed = 1;
        int runs = 2_000;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seed" -> seed = Long.parseLong(arguments[++i]);
                    case "--runs" -> runs = Integer.parseInt(arguments[++i]);
                    case "--quick" -> runs = 50;
                    default -> throw new IllegalArgumentException(arguments[i]);
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException wrong) {
            System.err.println("the options are --seed N, --runs N and --quick, was " + String.join(" ", arguments));
            System.exit(2);
        }
        System.exit(new IdempotencyChaosRuns().run(seed, runs) ? 0 : 1);
    }

    private boolean run(long first, int runs) {
        say(runs + " runs from seed " + first + " on: starting PostgreSQL and two servers");
        try (var chaos = new IdempotencyChaos()) {
            say("fsync " + chaos.show("fsync") + ", synchronous_commit " + chaos.show("synchronous_commit"));
            for (int i = 0; i < runs; i++) {
                run(chaos, first + i);
                if ((i + 1) % EVERY == 0 || i + 1 == runs) {
                    say((i + 1) + " of " + runs + " runs, " + chaos.deaths() + " servers killed, " + failed.size()
                            + " runs went wrong");
                }
            }
            report(chaos, runs);
        }
        return failed.isEmpty();
    }

    private void run(IdempotencyChaos chaos, long seed) {
        Optional<String> wrong = chaos.run(seed);
        if (wrong.isPresent()) {
            failed.add(seed);
            say("WRONG: " + wrong.get());
            say("  " + IdempotencyChaos.describe(seed));
        }
    }

    private void report(IdempotencyChaos chaos, int runs) {
        System.out.println();
        chaos.seen().forEach((fault, count) -> System.out.printf("%-34s %5d%n", fault, count));
        System.out.println();
        chaos.endings().forEach((ending, count) -> System.out.printf("%-34s %5d%n", ending + " (clients)", count));
        System.out.printf("%-34s %5d%n%n", "servers killed", chaos.deaths());
        System.out.println("RESULT {\"figure\":\"idempotency-chaos\",\"value\":" + failed.size() + ",\"unit\":\"of "
                + runs
                + " runs with other than one effect and one answer\",\"goal\":\"<= 0\",\"met\":" + failed.isEmpty()
                + (runs < 2_000 ? ",\"quick\":true}" : "}"));
    }

    private void say(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
    }
}
