// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt.micrometer;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.auth.attempt.AttemptEnding;
import dev.mobilebackend.auth.attempt.AttemptObserver;
import dev.mobilebackend.auth.attempt.Brake;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tries at passwords, codes and links in a registry of Micrometer: one counter, tagged by what was tried, what became of it
 * and what refused it. Its tags are words of this module's, so their number is bounded.
 *
 * <pre>{@code
 * Auth.builder(database, secret, outbox).observe(AttemptMetrics.of(registry))
 * }</pre>
 */
@SuppressWarnings("exports") // whoever calls this requires Micrometer already
public final class AttemptMetrics implements AttemptObserver {

    private final MeterProvider<Counter> tries;

    private AttemptMetrics(MeterRegistry registry) {
        tries = Counter.builder("mobilebackend.auth.tries")
                .description("Tries at passwords, codes and links, by what became of them")
                .withRegistry(registry);
    }

    public static AttemptMetrics of(MeterRegistry registry) {
        requireNonNull(
                registry, "registry must not be null: without one there are no figures, so leave AttemptMetrics out");
        var metrics = new AttemptMetrics(registry);
        metrics.beginAtZero();
        return metrics;
    }

    /** Or the first of a kind, which an alert may wait for, would be no increase. */
    private void beginAtZero() {
        for (String tried : List.of("password", "code", "link")) {
            for (AttemptEnding ending : List.of(AttemptEnding.RIGHT, AttemptEnding.WRONG, AttemptEnding.UNANSWERED)) {
                counter(tried, ending, null);
            }
            for (Brake brake : Brake.values()) {
                counter(tried, AttemptEnding.REFUSED, brake);
            }
        }
    }

    @Override
    public void ended(String tried, AttemptEnding ending, @Nullable Brake refusedBy) {
        counter(tried, ending, refusedBy).increment();
    }

    private Counter counter(String tried, AttemptEnding ending, @Nullable Brake refusedBy) {
        return tries.withTags(
                "tried", tried, "ending", word(ending), "refused.by", refusedBy == null ? "none" : word(refusedBy));
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }
}
