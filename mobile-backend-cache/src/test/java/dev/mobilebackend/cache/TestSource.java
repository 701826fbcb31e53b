// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Something to load from that a test fills, breaks and repairs, and that counts how often it was asked. */
final class TestSource implements Function<Integer, Optional<String>> {

    private final Map<Integer, String> values = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean broken;

    @Override
    public Optional<String> apply(Integer key) {
        asked.incrementAndGet();
        if (broken) {
            throw new SourceDown();
        }
        return Optional.ofNullable(values.get(key));
    }

    void set(int key, String value) {
        values.put(key, value);
    }

    void remove(int key) {
        values.remove(key);
    }

    void breakDown() {
        broken = true;
    }

    void repair() {
        broken = false;
    }

    int asked() {
        return asked.get();
    }

    static final class SourceDown extends RuntimeException {

        private static final long serialVersionUID = 1L;

        SourceDown() {
            super("the source is down", null, false, false);
        }
    }
}
