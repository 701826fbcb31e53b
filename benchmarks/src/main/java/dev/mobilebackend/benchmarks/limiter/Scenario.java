// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.limiter;

/** What is asked of a limiter: which keys, and whether it says yes to all or, after the first, to none. */
enum Scenario {
    KEYED_ALLOWED("keyed, allowed", true, true),
    KEYED_REFUSED("keyed, refused", true, false),
    HOT_ALLOWED("hot, allowed", false, true),
    HOT_REFUSED("hot, refused", false, false);

    /** How many subjects there are where they are many. */
    static final int KEYS = 1 << 14;

    private final String title;
    private final boolean keyed;
    private final boolean allowed;

    Scenario(String title, boolean keyed, boolean allowed) {
        this.title = title;
        this.keyed = keyed;
        this.allowed = allowed;
    }

    String title() {
        return title;
    }

    boolean keyed() {
        return keyed;
    }

    boolean allowed() {
        return allowed;
    }
}
