// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The jobs that run in this process, and those anywhere that somebody wants to be cancelled. Thread safe. */
final class Cancels {

    private final Map<Long, JobContext> running = new ConcurrentHashMap<>();
    private volatile Set<Long> wanted = Set.of();

    /** What a heartbeat has told. */
    void heard(Set<Long> jobs) {
        wanted = jobs;
        for (Long job : jobs) {
            JobContext context = running.get(job);
            if (context != null) {
                context.cancel();
            }
        }
    }

    boolean wants(long job) {
        return wanted.contains(job);
    }

    void begin(JobContext context) {
        long job = context.claim().job();
        running.put(job, context);
        // Told between the look before the run and this.
        if (wants(job)) {
            context.cancel();
        }
    }

    void end(JobContext context) {
        running.remove(context.claim().job(), context);
    }
}
