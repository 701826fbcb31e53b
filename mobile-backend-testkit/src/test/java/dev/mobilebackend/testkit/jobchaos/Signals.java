// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals of POSIX, sent to processes. */
final class Signals {

    private Signals() {}

    /** Whether this system has them. */
    static boolean known() {
        return !System.getProperty("os.name").startsWith("Windows");
    }

    static void send(String signal, long pid) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("process " + pid + " took no " + signal);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("no signals can be sent here", failed);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending a signal", impatient);
        }
    }
}
