// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

/** Where a server may crash while it answers one request. */
enum CrashPoint {
    BEFORE_CLAIM,
    AFTER_CLAIM,
    IN_WORK,
    BEFORE_COMMIT,
    AFTER_COMMIT,
    BEFORE_WRITE,
    IN_WRITE
}
