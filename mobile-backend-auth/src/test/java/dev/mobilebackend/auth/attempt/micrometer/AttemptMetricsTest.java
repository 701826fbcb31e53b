// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.attempt.AttemptEnding;
import dev.mobilebackend.auth.attempt.Brake;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AttemptMetricsTest {

    private static final Pattern METER = Pattern.compile("mobilebackend_auth_\\w+");
    private static final Pattern TAG = Pattern.compile("(\\w+)(?:=~|!=|!~|=)\"([^\"]*)\"");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AttemptMetrics metrics = AttemptMetrics.of(registry);

    @Test
    void countsTriesByWhatBecameOfThem() {
        metrics.ended("password", AttemptEnding.WRONG, null);
        metrics.ended("password", AttemptEnding.WRONG, null);
        metrics.ended("code", AttemptEnding.REFUSED, Brake.ACCOUNT);

        assertEquals(2, counted("password", "wrong", "none"));
        assertEquals(1, counted("code", "refused", "account"));
    }

    @Test
    void beginsAtZeroSoThatTheFirstOfAKindIsAnIncrease() {
        assertEquals(0, counted("password", "refused", "account"));
        assertEquals(0, counted("code", "right", "none"));
    }

    @Test
    void theAlertRulesNameCountersAndTagsThatThereAre() throws IOException {
        var lines = Files.readAllLines(Path.of("../docs/alerts.yml")).stream()
                .filter(line -> line.contains("mobilebackend_auth_"))
                .toList();

        var unknown = new ArrayList<String>();
        for (String line : lines) {
            unknown.addAll(METER.matcher(line)
                    .results()
                    .map(found -> found.group())
                    .filter(name -> !name.equals(prometheus(meters().get(0))))
                    .toList());
            unknown.addAll(TAG.matcher(line)
                    .results()
                    .filter(tag -> !isKnown(tag.group(1), tag.group(2)))
                    .map(tag -> tag.group())
                    .toList());
        }

        assertTrue(lines.size() >= 5, "read " + lines.size() + " lines");
        assertEquals(List.of(), unknown);
    }

    private double counted(String tried, String ending, String refusedBy) {
        return registry.get("mobilebackend.auth.tries")
                .tags("tried", tried, "ending", ending, "refused.by", refusedBy)
                .counter()
                .count();
    }

    private boolean isKnown(String tag, String values) {
        return List.of(values.split("\\|")).stream()
                .allMatch(value -> meters().stream().anyMatch(meter -> meter.getId().getTags().stream()
                        .anyMatch(known -> known.getKey().replace('.', '_').equals(tag)
                                && known.getValue().equals(value))));
    }

    private List<Meter> meters() {
        return registry.getMeters();
    }

    private static String prometheus(Meter counter) {
        return counter.getId().getName().replace('.', '_') + "_total";
    }
}
