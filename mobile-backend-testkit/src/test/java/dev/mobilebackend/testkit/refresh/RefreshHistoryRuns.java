// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.refresh;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Client;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Ending;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Loot;
import dev.mobilebackend.testkit.refresh.RefreshHistory.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * The long run of {@link RefreshHistory}: a million seeds from 1 on over sessions in memory, unless it is told
 * otherwise. Ends with 1 where a promise was broken, and with the command that tells that history alone.
 */
public final class RefreshHistoryRuns {

    private static final int A_WHOLE_RUN = 1_000_000;
    private static final int STEP = 50_000;
    private static final Instant AFTER_ALL = Instant.parse("2100-01-01T00:00:00Z");

    /** Where the sessions of all histories are kept. */
    private enum Kept {
        MEMORY,
        H2,
        POSTGRESQL
    }

    private final Kept kept;
    private final SessionStore store;
    private final long start = System.nanoTime();
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();

    private RefreshHistoryRuns(Kept kept, SessionStore store) {
        this.kept = kept;
        this.store = store;
    }

    public static void main(String[] arguments) {
        long seed = 1;
        int runs = A_WHOLE_RUN;
        Kept kept = Kept.MEMORY;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seed" -> seed = Long.parseLong(arguments[++i]);
                    case "--runs" -> runs = Integer.parseInt(arguments[++i]);
                    case "--store" -> kept = Kept.valueOf(arguments[++i].toUpperCase(Locale.ROOT));
                    case "--quick" -> runs = STEP;
                    default -> throw new IllegalArgumentException(arguments[i]);
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException wrong) {
            System.err.println("the options are --seed N, --runs N, --store memory, h2 or postgresql, and --quick, was "
                    + String.join(" ", arguments));
            System.exit(2);
        }
        System.exit(run(kept, seed, runs) ? 0 : 1);
    }

    private static boolean run(Kept kept, long seed, int runs) {
        if (kept == Kept.MEMORY) {
            return new RefreshHistoryRuns(kept, new InMemorySessionStore()).run(seed, runs);
        }
        try (var database = TestDatabase.of(Dialect.valueOf(kept.name()))) {
            Schema.install(database.database(), AuthSchema.TABLES);
            return new RefreshHistoryRuns(kept, JdbiSessionStore.of(database.database())).run(seed, runs);
        }
    }

    private boolean run(long first, int runs) {
        if (runs == 1) {
            RefreshHistory.play(first, SessionPolicy.standard(), store, System.err::println);
        }
        for (long from = first; from < first + runs; from += STEP) {
            long end = Math.min(from + STEP, first + runs);
            LongStream.range(from, end).parallel().forEach(this::play);
            store.purgeEnded(AFTER_ALL, Integer.MAX_VALUE);
            say((end - first) + " of " + runs + " histories, " + wrong.size() + " went wrong");
        }
        report(runs);
        return wrong.isEmpty();
    }

    private void play(long seed) {
        Outcome outcome = RefreshHistory.play(seed, SessionPolicy.standard(), store, line -> {});
        synchronized (counts) {
            count("refreshes answered", outcome.answers());
            count("answers lost", outcome.lost());
            count("phones " + outcome.client().name().toLowerCase(Locale.ROOT), 1);
            if (outcome.ending() != Ending.NO_THEFT) {
                count(theft(outcome), 1);
            }
            if (outcome.wrong() != null) {
                wrong.add(outcome.wrong());
                say("WRONG: " + outcome.wrong());
                say("  again: benchmarks/run refresh-histories --runs 1 --seed " + seed + " --store " + name());
            }
        }
    }

    private static String theft(Outcome outcome) {
        return "theft of " + (outcome.loot() == Loot.TOKEN ? "a token" : "the whole store") + ", "
                + outcome.client().name().toLowerCase(Locale.ROOT) + ": "
                + outcome.ending().name().toLowerCase(Locale.ROOT)
                + (outcome.loot() == Loot.WHOLE_STORE && outcome.client() == Client.INSTALL_SECRET
                        ? " (not promised)"
                        : "");
    }

    private void count(String what, long times) {
        counts.merge(what, times, Long::sum);
    }

    private void report(int runs) {
        System.out.println();
        counts.forEach((what, times) -> System.out.printf("%-72s %10d%n", what, times));
        System.out.println();
        System.out.println("RESULT {\"figure\":\"refresh-histories" + (kept == Kept.MEMORY ? "" : "-" + name())
                + "\",\"value\":" + wrong.size() + ",\"unit\":\"of "
                + runs
                + " histories with an honest phone signed out or a theft unnoticed\",\"goal\":\"<= 0\",\"met\":"
                + wrong.isEmpty()
                + (runs < A_WHOLE_RUN ? ",\"quick\":true}" : "}"));
    }

    private String name() {
        return kept.name().toLowerCase(Locale.ROOT);
    }

    private void say(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
    }
}
