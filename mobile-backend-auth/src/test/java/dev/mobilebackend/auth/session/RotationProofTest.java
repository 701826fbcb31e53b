// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RotationProofTest {

    private static final byte[] SECRET = "Jefe".getBytes(StandardCharsets.UTF_8);

    /** RFC 4231 section 4.3, in base64url. */
    @Test
    void isHmacSha256OfTheTokensText() {
        RotationProof proof = RotationProof.of(SECRET, "what do ya want for nothing?");

        assertEquals("W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM", proof.text());
    }

    @Test
    void isReadAsItIsWritten() {
        RotationProof proof = RotationProof.of(SECRET, "token");

        RotationProof read = RotationProof.parse(proof.text());

        assertArrayEquals(proof.fingerprint(), read.fingerprint());
    }

    @Test
    void anythingButThirtyTwoBytesIsRefused() {
        String text = RotationProof.of(SECRET, "token").text();

        for (String wrong :
                new String[] {"", "abc", text + "=", text + "A", text.substring(1), "!" + text.substring(1)}) {
            assertThrows(IllegalArgumentException.class, () -> RotationProof.parse(wrong), wrong);
        }
    }

    @Test
    void theTrailKeepsTheNewestFourInOrder() {
        ProofTrail trail = ProofTrail.EMPTY;
        for (int i = 1; i <= 6; i++) {
            trail = trail.then(proof(i));
        }

        trail = ProofTrail.of(trail.bytes());

        assertTrue(trail.holds(1, proof(6)));
        assertTrue(trail.holds(4, proof(3)));
        assertFalse(trail.holds(2, proof(6)));
        assertFalse(trail.holds(5, proof(2)));
        assertFalse(trail.holds(1, null));
    }

    @Test
    void aTrailOfHalfAFingerprintIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ProofTrail.of(new byte[8]));
        assertThrows(IllegalArgumentException.class, () -> ProofTrail.of(new byte[80]));
    }

    @Test
    void nothingSecretIsPrinted() {
        RotationProof proof = proof(1);

        String printed = proof + " " + ProofTrail.EMPTY.then(proof);

        assertFalse(printed.contains(proof.text()));
        assertFalse(printed.contains(Arrays.toString(proof.fingerprint())));
    }

    private static RotationProof proof(int i) {
        return RotationProof.of(SECRET, "token " + i);
    }
}
