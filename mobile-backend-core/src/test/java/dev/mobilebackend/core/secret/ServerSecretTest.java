// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSecretTest {

    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);

    @TempDir
    private Path folder;

    /** Computed with another implementation of RFC 5869: secret of 32 zero bytes, no salt, info "purpose". */
    @Test
    void derivesByHkdfSha256() {
        assertEquals(
                "77b9a71be31be541b388d834d821f67db541c6d830b9973630ef89a4c78ded10b595a8b8b9284fa859c9",
                HexFormat.of().formatHex(SECRET.derive("purpose", 42)));
    }

    @Property
    void aShorterKeyIsTheBeginningOfALongerOne(
            @ForAll String purpose, @ForAll @IntRange(min = 1, max = 200) int length) {
        byte[] longer = SECRET.derive(purpose, 200);

        assertArrayEquals(Arrays.copyOf(longer, length), SECRET.derive(purpose, length));
    }

    @Test
    void givesEachPurposeItsOwnKey() {
        assertFalse(Arrays.equals(SECRET.derive("a", 32), SECRET.derive("b", 32)));
    }

    @Test
    void keepsTheSecretOfAFile() {
        Path file = folder.resolve("deep/secret");

        byte[] first = ServerSecret.ofFile(file, new SecureRandom()).derive("a", 32);
        byte[] again = ServerSecret.ofFile(file, new SecureRandom()).derive("a", 32);

        assertArrayEquals(first, again);
    }

    @Test
    void letsOnlyTheOwnerReadTheFileAndLeavesNothingElseBehind() throws Exception {
        Path file = folder.resolve("secret");

        ServerSecret.ofFile(file, new SecureRandom());

        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void refusesASecretThatIsTooShortWithoutShowingIt() {
        String message = assertThrows(IllegalArgumentException.class, () -> ServerSecret.ofBase64("c2hvcnQ="))
                .getMessage();

        assertTrue(message.contains("at least 32 bytes"), message);
        assertFalse(message.contains("c2hvcnQ"), message);
        assertEquals("ServerSecret[hidden]", SECRET.toString());
    }
}
