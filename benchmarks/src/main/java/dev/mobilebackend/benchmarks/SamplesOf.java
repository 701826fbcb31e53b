// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured of each of several subjects, in the order in which they were first asked for. */
public final class SamplesOf<K> {

    private final Map<K, Samples> samples = new LinkedHashMap<>();

    public SamplesOf() {}

    /** The subject's, none yet at first. */
    public Samples of(K subject) {
        return samples.computeIfAbsent(subject, first -> new Samples());
    }
}
