// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.time.Duration;

/** Waiting as the wall clock does it: for a client of a running application, never for a test. */
final class RealTime {

    private RealTime() {}

    static void pass(Duration wait) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting " + wait + " for the next attempt", stop);
        }
    }
}
