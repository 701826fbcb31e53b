// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page;

/**
 * How large pages are.
 *
 * @param standard items where the client names no {@code limit}
 * @param maximum most items in one page; a larger limit gets this many
 */
public record PagePolicy(int standard, int maximum) {

    public PagePolicy {
        if (standard < 1 || maximum < standard) {
            throw new IllegalArgumentException(
                    "standard must be 1 to maximum, was " + standard + " with maximum " + maximum);
        }
    }
}
