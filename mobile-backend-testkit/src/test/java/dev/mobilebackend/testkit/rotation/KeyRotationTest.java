// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.rotation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A slice of what {@code benchmarks/run key-rotations} does. */
@Timeout(300)
class KeyRotationTest {

    private static final int SLICE = 100;

    @Test
    void refusesNoGoodTokenAndTakesNoneOfARetiredKeyWhileKeysAreRotatedOnThreeNodes() throws Exception {
        try (var rotation = new KeyRotation(1)) {
            RotationLoad.Met met = rotation.run(SLICE, made -> {});

            assertEquals(List.of(), met.wrong());
            assertTrue(met.taken() > SLICE, met::toString);
            assertTrue(met.ended() > 0, met::toString);
            assertTrue(met.forgeries() > 0, met::toString);
            assertTrue(met.stolen() > 0, met::toString);
        }
    }

    @Test
    void noticesANodeThatMissesTheRotations() throws Exception {
        try (var rotation = new KeyRotation(2)) {
            rotation.freezeOneNode();

            RotationLoad.Met met = rotation.run(10, made -> {});

            assertTrue(
                    met.wrong().stream().anyMatch(each -> each.startsWith("a good token was refused")), met::toString);
            assertTrue(met.wrong().stream().anyMatch(each -> each.startsWith("a forgery")), met::toString);
        }
    }
}
