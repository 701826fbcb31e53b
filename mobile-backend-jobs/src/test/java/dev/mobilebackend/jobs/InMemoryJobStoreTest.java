// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.InstantSource;

class InMemoryJobStoreTest extends JobStoreLaws {

    @Override
    protected JobStore store(InstantSource clock) {
        return new InMemoryJobStore(clock);
    }
}
