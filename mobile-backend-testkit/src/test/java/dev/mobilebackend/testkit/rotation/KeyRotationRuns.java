// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.rotation;

import java.util.Locale;

/** The long run of {@link KeyRotation}: 1,000 rotations of one seed, unless it is told otherwise. */
public final class KeyRotationRuns {

    private static final int WHOLE = 1_000;
    private static final int EVERY = 50;

    private final long start = System.nanoTime();
    private int said;

    private KeyRotationRuns() {}

    public static void main(String[] arguments) throws Exception {
        long seed = 1;
        int rotations = WHOLE;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seed" -> seed = Long.parseLong(arguments[++i]);
                    case "--runs" -> rotations = Integer.parseInt(arguments[++i]);
                    case "--quick" -> rotations = 100;
                    default -> throw new IllegalArgumentException(arguments[i]);
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException wrong) {
            System.err.println("the options are --seed N, --runs N and --quick, was " + String.join(" ", arguments));
            System.exit(2);
        }
        System.exit(new KeyRotationRuns().run(seed, rotations) ? 0 : 1);
    }

    private boolean run(long seed, int rotations) throws Exception {
        say(rotations + " rotations of seed " + seed + ": starting PostgreSQL and three nodes");
        try (var rotation = new KeyRotation(seed)) {
            RotationLoad.Met met = rotation.run(rotations, made -> {
                if (made >= said + EVERY) {
                    said = made;
                    say(made + " of " + rotations);
                }
            });
            met.wrong().stream().limit(20).forEach(each -> say("WRONG: " + each));
            System.out.printf(
                    "%n%-44s %9d%n%-44s %9d%n%-44s %9d%n%-44s %9d%n%-44s %9d%n%n",
                    "tokens issued",
                    met.issued(),
                    "checks that took a good token",
                    met.taken(),
                    "checks that refused one that had ended",
                    met.ended(),
                    "forgeries refused, key retired or ended",
                    met.forgeries(),
                    "forgeries taken, key stolen and still good",
                    met.stolen());
            long refused = met.wrong().stream()
                    .filter(each -> each.startsWith("a good token"))
                    .count();
            figure("key-rotations-refusals", refused, "good tokens refused in " + rotations + " rotations", rotations);
            figure(
                    "key-rotations-acceptances",
                    met.wrong().size() - refused,
                    "tokens taken after their end or their key's in " + rotations + " rotations",
                    rotations);
            return met.wrong().isEmpty();
        }
    }

    private static void figure(String name, long value, String unit, int rotations) {
        System.out.println("RESULT {\"figure\":\"" + name + "\",\"value\":" + value + ",\"unit\":\"" + unit
                + "\",\"goal\":\"<= 0\",\"met\":" + (value == 0) + (rotations < WHOLE ? ",\"quick\":true}" : "}"));
    }

    private void say(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
    }
}
