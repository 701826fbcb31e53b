// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

/** A message that a platform does not take: trying again helps only once somebody has mended something. */
public final class PushRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    PushRejectedException(String message) {
        super(message);
    }
}
