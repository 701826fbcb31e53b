// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.ambient.Ambient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Several threads that do the same at the same moment. */
public final class Race {

    private static final int PATIENCE_SECONDS = 60;

    private Race() {}

    /**
     * What each runner's action returned. The runners wait for each other before they start.
     *
     * @throws IllegalStateException if one of them failed, by its exception, or did not come in within a minute
     */
    public static <T> List<T> of(int runners, Callable<T> action) {
        var line = new CyclicBarrier(runners);
        ThreadFactory threads = Ambient.threads("race");
        var running = new ArrayList<FutureTask<T>>();
        for (int i = 0; i < runners; i++) {
            var runner = new FutureTask<T>(() -> {
                await(line);
                return action.call();
            });
            threads.newThread(runner).start();
            running.add(runner);
        }
        return running.stream().map(Race::result).toList();
    }

    /** Waits until all parties have come to the barrier; for a race that meets again on its way. */
    public static void await(CyclicBarrier barrier) {
        try {
            barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException missing) {
            throw new IllegalStateException("not all parties of the barrier came within a minute", missing);
        } catch (InterruptedException stop) {
            throw interrupted(stop);
        }
    }

    private static <T> T result(FutureTask<T> runner) {
        try {
            return runner.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a runner failed", failed.getCause());
        } catch (TimeoutException missing) {
            throw new IllegalStateException("a runner did not come in within a minute", missing);
        } catch (InterruptedException stop) {
            throw interrupted(stop);
        }
    }

    private static IllegalStateException interrupted(InterruptedException stop) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted during a race", stop);
    }
}
