// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.jobs.InMemoryJobStore;
import dev.mobilebackend.jobs.JobStore;
import java.time.InstantSource;

class InMemoryJobStatusTest extends JobStatusContract {

    @Override
    protected JobStore store(InstantSource clock) {
        return new InMemoryJobStore(clock);
    }
}
