// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import java.util.Locale;
import java.util.Random;

/**
 * What goes wrong with one request.
 *
 * @param kind how
 * @param point where, for what happens in the server at a point
 * @param occurrence which time that the request comes to that point, from 1: phased work commits four times
 * @param delayMillis how long after the request was sent, for a kill at any moment
 */
record Fault(Kind kind, CrashPoint point, int occurrence, int delayMillis) {

    enum Kind {
        NONE,
        /** The request's thread fails, as it does when the database or the code does. */
        FAIL,
        /** SIGKILL at that point. */
        KILL_AT,
        /** SIGKILL at any moment. */
        KILL,
        /** The connection to the database is cut before it has heard a commit. */
        CUT_BEFORE_COMMIT,
        /** It is cut when the commit has been done, before the server hears that. */
        CUT_AFTER_COMMIT,
        /** The connection to the client is cut when the server begins to answer. */
        CUT_ANSWER
    }

    static final Fault NONE = new Fault(Kind.NONE, CrashPoint.BEFORE_CLAIM, 1, 0);

    static Fault random(Random random, ChaosPlan.Mode mode) {
        CrashPoint point = CrashPoint.values()[random.nextInt(CrashPoint.values().length)];
        int occurrence = 1 + random.nextInt(mode.occurrences(point));
        int commit = 1 + random.nextInt(mode.occurrences(CrashPoint.BEFORE_COMMIT));
        int delay = random.nextInt(60);
        int dice = random.nextInt(100);
        if (dice < 30) {
            return new Fault(Kind.FAIL, point, occurrence, 0);
        } else if (dice < 42) {
            return new Fault(Kind.CUT_BEFORE_COMMIT, CrashPoint.BEFORE_COMMIT, commit, 0);
        } else if (dice < 54) {
            return new Fault(Kind.CUT_AFTER_COMMIT, CrashPoint.BEFORE_COMMIT, commit, 0);
        } else if (dice < 64) {
            return new Fault(Kind.CUT_ANSWER, CrashPoint.IN_WRITE, 1, 0);
        } else if (dice < 79) {
            return new Fault(Kind.KILL_AT, point, occurrence, 0);
        } else if (dice < 84) {
            return new Fault(Kind.KILL, CrashPoint.IN_WORK, 1, delay);
        }
        return NONE;
    }

    /** What the server is told in the request. */
    String header() {
        return kind + " " + point + " " + occurrence;
    }

    static Fault parse(String header) {
        String[] words = header.split(" ");
        return new Fault(Kind.valueOf(words[0]), CrashPoint.valueOf(words[1]), Integer.parseInt(words[2]), 0);
    }

    @Override
    public String toString() {
        String words = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return switch (kind) {
            case NONE, CUT_ANSWER -> words;
            case KILL -> words + " after " + delayMillis + " ms";
            case CUT_BEFORE_COMMIT, CUT_AFTER_COMMIT -> words + " " + occurrence;
            case FAIL, KILL_AT ->
                words + " " + point.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + occurrence;
        };
    }
}
