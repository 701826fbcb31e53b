// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stops the first to come until it is opened; all others pass. */
final class Gate {

    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    void pass() {
        if (taken.compareAndSet(false, true)) {
            arrived.countDown();
            try {
                opened.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError("nobody opened the gate", interrupted);
            }
        }
    }

    void letPass(Runnable early) {
        taken.set(true);
        early.run();
        taken.set(false);
    }

    void awaitArrival() throws InterruptedException {
        arrived.await();
    }

    void open() {
        opened.countDown();
    }
}
