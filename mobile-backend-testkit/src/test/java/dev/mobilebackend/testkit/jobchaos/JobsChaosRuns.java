// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import java.util.List;
import java.util.Locale;

/**
 * The whole of {@link JobsChaos}: 10,000 jobs under 200 SIGKILLs by the plan of seed 1, unless it is told otherwise. Ends
 * with 1 if the audit finds anything, and with the command that follows that plan again.
 */
public final class JobsChaosRuns {

    private final long start = System.nanoTime();

    private JobsChaosRuns() {}

    public static void main(String[] arguments) {
        long seed = 1;
        int runs = 1;
        int jobs = 10_000;
        int kills = 200;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seed" -> seed = Long.parseLong(arguments[++i]);
                    case "--runs" -> runs = Integer.parseInt(arguments[++i]);
                    case "--jobs" -> jobs = Integer.parseInt(arguments[++i]);
                    case "--kills" -> kills = Integer.parseInt(arguments[++i]);
                    case "--quick" -> {
                        jobs = 500;
                        kills = 10;
                    }
                    default -> throw new IllegalArgumentException(arguments[i]);
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException wrong) {
            System.err.println("the options are --seed N, --runs N, --jobs N, --kills N and --quick, was "
                    + String.join(" ", arguments));
            System.exit(2);
        }
        var all = new JobsChaosRuns();
        boolean well = true;
        for (long one = seed; one < seed + runs; one++) {
            well &= all.run(one, jobs, kills);
        }
        System.exit(well ? 0 : 1);
    }

    private boolean run(long seed, int jobs, int kills) {
        say("seed " + seed + ": starting PostgreSQL and three workers, "
                + (JobsChaos.clocksCanBeWrong()
                        ? "the clock of one wrong by an hour"
                        : "their clocks right, for want of libfaketime"));
        try (var chaos = new JobsChaos(seed, true, this::say)) {
            say(chaos.durability());
            List<String> found = chaos.run(jobs, kills);
            System.out.println();
            chaos.befell()
                    .forEach((fault, times) -> System.out.printf(
                            "%-34s %5d%n", fault.name().toLowerCase(Locale.ROOT).replace('_', ' '), times));
            found.forEach(finding -> say("WRONG: " + finding));
            if (!found.isEmpty()) {
                say("the same plan again: benchmarks/run jobs-chaos --seed " + seed + " --jobs " + jobs + " --kills "
                        + kills + "; what the workers said is in " + chaos.logs());
            }
            System.out.println("RESULT {\"figure\":\"jobs-chaos\",\"value\":" + found.size()
                    + ",\"unit\":\"findings in " + jobs + " jobs under " + kills + " SIGKILLs, seed " + seed
                    + "\",\"goal\":\"<= 0\",\"met\":" + found.isEmpty()
                    + (jobs < 10_000 ? ",\"quick\":true}" : "}"));
            return found.isEmpty();
        }
    }

    private void say(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
    }
}
