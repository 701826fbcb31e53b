// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What a server's thread does to itself at a point of the request that it is answering. */
final class Crash {

    /** What the harness reads before a commit that it is to cut, and what it answers when it is ready to. */
    static final String ARM = "arm";

    /** What it reads from a server that is to be killed where it is. */
    static final String KILL = "kill";

    private static final ThreadLocal<Crash> CURRENT = new ThreadLocal<>();
    private static final BufferedReader HARNESS =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private final Fault fault;
    private int seen;

    private Crash(Fault fault) {
        this.fault = fault;
    }

    static void expect(String header) {
        if (header != null) {
            CURRENT.set(new Crash(Fault.parse(header)));
        }
    }

    static void forget() {
        CURRENT.remove();
    }

    static void at(CrashPoint point) {
        Crash crash = CURRENT.get();
        if (crash != null && crash.fault.point() == point && ++crash.seen == crash.fault.occurrence()) {
            crash.happen();
        }
    }

    private void happen() {
        switch (fault.kind()) {
            case FAIL -> throw new IllegalStateException("failed at " + fault);
            case KILL_AT -> tellHarness(KILL);
            case CUT_BEFORE_COMMIT, CUT_AFTER_COMMIT -> tellHarness(ARM);
            default -> {
                // The harness does it from outside.
            }
        }
    }

    /** Waits for the answer; whoever asked to be killed waits in vain. */
    private static void tellHarness(String word) {
        synchronized (HARNESS) {
            System.out.println(word);
            try {
                HARNESS.readLine();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
    }
}
