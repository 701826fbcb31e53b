// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.jobs.InMemoryJobStore;
import java.time.InstantSource;

class InMemoryJobsViewTest extends JobsViewContract {

    @Override
    protected Seen seen(InstantSource clock) {
        var store = new InMemoryJobStore(clock);
        return new Seen(store, store.view());
    }
}
