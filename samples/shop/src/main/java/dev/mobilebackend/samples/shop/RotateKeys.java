// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.jobs.JobKind;

/**
 * Makes the next signing key once the newest has signed for a month; looks every hour. The first comes with the tables.
 */
@JobKind("rotate-keys")
public record RotateKeys() {

    /** One look. */
    @JobKind("rotate-keys.now")
    public record Now() {}
}
