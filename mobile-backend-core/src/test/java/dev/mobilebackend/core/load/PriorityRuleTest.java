// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.Priority;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PriorityRuleTest {

    @Property
    void aCapHoldsWhateverTheClientStates(@ForAll Priority cap, @ForAll Priority stated) {
        assertFalse(PriorityRule.atMost(cap).of(stated).isBefore(cap));
    }

    @Property
    void aCapLeavesWhatIsLessUrgent(@ForAll Priority cap) {
        assertEquals(Priority.BACKGROUND, PriorityRule.atMost(cap).of(Priority.BACKGROUND));
    }

    @Test
    void aRouteMayBeAUsersActionForClientsThatStateNothing() {
        PriorityRule rule = PriorityRule.normally(Priority.USER_ACTION);

        assertEquals(Priority.USER_ACTION, rule.of(Priority.NORMAL));
        assertEquals(Priority.BACKGROUND, rule.of(Priority.BACKGROUND));
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThrows(IllegalArgumentException.class, () -> new PriorityRule(Priority.USER_ACTION, Priority.BACKGROUND));
    }
}
