// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.Priority;
import org.junit.jupiter.api.Test;

class LoadPolicyTest {

    @Test
    void sharesTheLimitByPriority() {
        var policy = new LoadPolicy(1, 100, 200, 80, 30);

        assertEquals(100, policy.share(100, Priority.USER_ACTION));
        assertEquals(80, policy.share(100, Priority.NORMAL));
        assertEquals(30, policy.share(100, Priority.BACKGROUND));
    }

    @Test
    void leavesEveryPriorityOneRequestHoweverSmallTheLimit() {
        assertEquals(1, LoadPolicy.fixed(1).share(1, Priority.BACKGROUND));
    }

    @Test
    void namesTheValuesThatItDoesNotAccept() {
        assertEquals(
                "minimum, start and maximum must ascend between 1 and 100,000, were 20, 10 and 30",
                assertThrows(IllegalArgumentException.class, () -> new LoadPolicy(20, 10, 30, 90, 50))
                        .getMessage());
        assertEquals(
                "the shares of background and normal requests must ascend between 1 and 100 percent, were 60 and 50",
                assertThrows(IllegalArgumentException.class, () -> new LoadPolicy(1, 1, 1, 50, 60))
                        .getMessage());
    }
}
