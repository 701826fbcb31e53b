// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/** Runs the jobs of one queue on its own thread, until it is drained. */
interface QueueRunner extends Runnable {

    /** Looks for work now. */
    void wake();

    /** Looks for work when the first waiting job is due. */
    void wakeIn(Duration wait);

    /** Claims and begins nothing while it is paused, and looks for work when it is no more. */
    void pause(boolean paused);

    /** Claims no more; {@link #run} returns once all that runs is finished. */
    void drain();
}
