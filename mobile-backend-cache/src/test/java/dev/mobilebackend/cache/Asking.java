// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** One question, asked on a thread of its own. */
record Asking(Thread thread, CompletableFuture<Optional<String>> outcome) {

    static Asking start(Supplier<Optional<String>> question) {
        var outcome = new CompletableFuture<Optional<String>>();
        var thread = new Thread(() -> {
            try {
                outcome.complete(question.get());
            } catch (Throwable failed) {
                outcome.completeExceptionally(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return new Asking(thread, outcome);
    }

    Asking untilItWaits() {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.yield();
        }
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    Optional<String> answer() throws Exception {
        return outcome.get();
    }

    /** What was thrown; a CancellationException comes out of the future as itself. */
    Throwable failure() {
        return assertThrows(Throwable.class, () -> {
            try {
                outcome.get();
            } catch (ExecutionException failed) {
                throw failed.getCause();
            }
        });
    }
}
