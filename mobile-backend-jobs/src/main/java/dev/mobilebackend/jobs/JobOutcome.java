// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/** How an attempt ended. A store applies it only while its {@link Claim} holds. */
public sealed interface JobOutcome {

    /** How much of an error text is kept. */
    int LONGEST_ERROR = 2_000;

    Claim claim();

    /** It succeeded: the job is gone. */
    record Done(Claim claim) implements JobOutcome {}

    /** It failed, and the job waits for its next attempt. */
    record Retry(Claim claim, Duration delay, String error) implements JobOutcome {
        public Retry {
            error = storable(error);
        }
    }

    /** It failed for the last time: the job is kept for an operator and never runs by itself. */
    record Dead(Claim claim, String error) implements JobOutcome {
        public Dead {
            error = storable(error);
        }
    }

    /** Somebody wanted it to be cancelled, and it did not end well: the job is gone. */
    record Cancelled(Claim claim) implements JobOutcome {}

    /** It asked to be run later: the job waits, and the attempt does not count. */
    record Snoozed(Claim claim, Duration delay) implements JobOutcome {}

    /** It never started: the job waits as it did before, and the attempt does not count. */
    record Returned(Claim claim) implements JobOutcome {}

    /** An error that a database refused would be sent again for ever: PostgreSQL takes no NUL in a text. */
    private static String storable(String error) {
        String text = error.replace('\0', ' ');
        if (text.length() <= LONGEST_ERROR) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(LONGEST_ERROR - 1));
        return text.substring(0, splitsPair ? LONGEST_ERROR - 1 : LONGEST_ERROR);
    }
}
