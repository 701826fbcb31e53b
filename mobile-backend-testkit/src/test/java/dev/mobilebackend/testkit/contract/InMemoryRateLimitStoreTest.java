// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.ratelimit.InMemoryRateLimitStore;
import dev.mobilebackend.core.ratelimit.RateLimitStore;

class InMemoryRateLimitStoreTest extends RateLimitStoreContract {

    @Override
    protected RateLimitStore store() {
        return new InMemoryRateLimitStore();
    }
}
