// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counters that differ in one tag. Its values are declared words; should a program make them up, they end here. */
final class Counters {

    private static final int MOST = 200;
    private static final String OTHER = "_OTHER";

    private final MeterRegistry registry;
    private final String name;
    private final String tag;
    private final String description;
    private final Map<String, Counter> byValue = new ConcurrentHashMap<>();

    Counters(MeterRegistry registry, String name, String tag, String description) {
        this.registry = registry;
        this.name = name;
        this.tag = tag;
        this.description = description;
    }

    void count(String value) {
        Counter known = byValue.get(value);
        if (known == null) {
            known = byValue.computeIfAbsent(byValue.size() < MOST ? value : OTHER, this::register);
        }
        known.increment();
    }

    private Counter register(String value) {
        return Counter.builder(name).description(description).tag(tag, value).register(registry);
    }
}
