// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * One request, how many send it, and what goes wrong with it; all of it follows from the seed.
 *
 * @param mode how the server makes it idempotent
 * @param clients how many send it at once, with the same key
 * @param faults what happens to the first attempts of the first client
 * @param resumed whether a job goes on with abandoned work between the attempts
 */
record ChaosPlan(long seed, Mode mode, int clients, List<Fault> faults, boolean resumed) {

    enum Mode {
        ATOMIC,
        PHASED,
        DETACHED,
        /** Detached work that declares itself safe to rerun and isn't: what the harness must find. */
        UNSAFE;

        /** How often a request comes to a point where nothing goes wrong. */
        int occurrences(CrashPoint point) {
            return switch (point) {
                case BEFORE_CLAIM, AFTER_CLAIM, BEFORE_WRITE, IN_WRITE -> 1;
                case IN_WORK -> this == PHASED ? 3 : 1;
                case BEFORE_COMMIT, AFTER_COMMIT ->
                    switch (this) {
                        case ATOMIC -> 1;
                        case PHASED -> 4;
                        case DETACHED, UNSAFE -> 2;
                    };
            };
        }

        String path() {
            return "/" + name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<Mode> MODES = List.of(Mode.ATOMIC, Mode.PHASED, Mode.DETACHED);

    static ChaosPlan of(long seed) {
        // Neighbouring seeds would begin with much the same numbers.
        var random = new Random(seed * 0x9E3779B97F4A7C15L);
        random.nextLong();
        Mode mode = MODES.get(random.nextInt(MODES.size()));
        int clients = random.nextInt(3) == 0 ? 1 : 2 + random.nextInt(3);
        var faults = new ArrayList<Fault>();
        faults.add(Fault.random(random, mode));
        if (random.nextInt(4) == 0) {
            faults.add(Fault.random(random, mode));
        }
        return new ChaosPlan(seed, mode, clients, faults, mode == Mode.PHASED && random.nextInt(3) == 0);
    }

    Fault fault(int client, int attempt) {
        return client == 0 && attempt < faults.size() ? faults.get(attempt) : Fault.NONE;
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + mode.name().toLowerCase(Locale.ROOT) + ", " + clients + " clients, " + faults
                + (resumed ? ", resumed by a job" : "");
    }
}
