// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

/** A message that comes later: the attempt is not the last. */
final class PushPostponedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    PushPostponedException(String message) {
        super(message, null, false, false);
    }
}
