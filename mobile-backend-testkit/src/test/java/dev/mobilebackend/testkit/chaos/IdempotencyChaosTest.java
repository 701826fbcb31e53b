// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.chaos.ChaosPlan.Mode;
import dev.mobilebackend.testkit.chaos.Fault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A slice of what {@code benchmarks/run idempotency-chaos} does. */
@Timeout(300)
class IdempotencyChaosTest {

    private static final int SLICE = 20;

    private static IdempotencyChaos chaos;

    @BeforeAll
    static void start() {
        chaos = new IdempotencyChaos();
    }

    @AfterAll
    static void stop() {
        chaos.close();
    }

    @Test
    void runsOnADatabaseThatKeepsEveryCommit() {
        assertEquals("on", chaos.show("fsync"));
        assertEquals("on", chaos.show("synchronous_commit"));
    }

    @Test
    void hasOneEffectAndOneAnswerWhateverGoesWrong() {
        var wrong = new ArrayList<String>();
        for (long seed = 1; seed <= SLICE; seed++) {
            String plan = IdempotencyChaos.describe(seed);
            chaos.run(seed).ifPresent(fault -> wrong.add(plan + ": " + fault));
        }

        assertEquals(List.of(), wrong);
        assertTrue(chaos.deaths() > 0, "no server was killed");
    }

    @Test
    void findsASecondEffect() {
        var crashed = new Fault(Kind.FAIL, CrashPoint.IN_WORK, 1, 0);

        Optional<String> wrong = chaos.run(new ChaosPlan(0, Mode.UNSAFE, 1, List.of(crashed), false));

        assertEquals(Optional.of("effect happened 2 times"), wrong);
    }
}
