// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import org.jspecify.annotations.Nullable;

/** Hears what becomes of tries at passwords, codes and links, on the thread of their request: it neither waits nor throws. */
@FunctionalInterface
public interface AttemptObserver {

    /** Hears nothing. */
    AttemptObserver NONE = (tried, ending, refusedBy) -> {};

    /**
     * A try has ended.
     *
     * @param tried a word of this module's, such as {@code password}, {@code code} or {@code link}; nothing that a client sent
     * @param refusedBy what refused it; null unless something did
     */
    void ended(String tried, AttemptEnding ending, @Nullable Brake refusedBy);
}
