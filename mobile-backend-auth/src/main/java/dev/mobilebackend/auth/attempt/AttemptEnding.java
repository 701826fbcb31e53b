// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

/** What became of a try. */
public enum AttemptEnding {
    RIGHT,
    WRONG,
    /** It was not made: too many before it had failed. */
    REFUSED,
    /** The service was too busy or failed. */
    UNANSWERED
}
