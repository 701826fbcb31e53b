// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

/** Steps that delete rows, each of which is taken whatever became of those before it. For one thread and one run. */
final class Upkeep {

    /** So few that nobody waits for them. */
    private static final int AT_ONCE = 1_000;

    private final List<String> undone = new ArrayList<>();
    private final List<RuntimeException> failures = new ArrayList<>();
    private int rows;

    /**
     * Takes a step.
     *
     * @param name what it does, such as {@code end guests}
     * @param step deletes rows and says how many
     */
    Upkeep step(String name, IntSupplier step) {
        try {
            rows += step.getAsInt();
        } catch (RuntimeException failed) {
            undone.add(name);
            failures.add(failed);
        }
        return this;
    }

    /** The same with a step that deletes so many rows at most, until fewer are left. */
    Upkeep inSteps(String name, IntUnaryOperator someStep) {
        return step(name, () -> {
            int deleted = 0;
            int some;
            do {
                some = someStep.applyAsInt(AT_ONCE);
                deleted += some;
            } while (some == AT_ONCE);
            return deleted;
        });
    }

    /**
     * How many rows all steps have deleted.
     *
     * @throws IllegalStateException if a step failed, with what it threw
     */
    int rows() {
        if (failures.isEmpty()) {
            return rows;
        }
        var failed = new IllegalStateException(
                "could not " + String.join(" and ", undone) + ", all else was done: try again", failures.get(0));
        failures.stream().skip(1).forEach(failed::addSuppressed);
        throw failed;
    }
}
