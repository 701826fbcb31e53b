// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void makesUnderTheCurrentSecretAndTakesWhatWasMadeUnderTheOthers() {
        ServerSecret both = ServerSecret.of(filled(1), filled(2), filled(3));

        List<byte[]> keys = both.deriveAll("a", 32);

        assertArrayEquals(keys.get(0), both.derive("a", 32));
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(ServerSecret.of(filled(i + 1)).derive("a", 32), keys.get(i));
        }
        assertEquals(3, keys.size());
    }

    @Test
    void namesEachSecretByAnIdOfItsOwn() {
        List<String> ids = ServerSecret.of(filled(1), filled(2)).ids();

        assertEquals(List.of(onlyId(1), onlyId(2)), ids);
        assertNotEquals(onlyId(1), onlyId(2));
        assertTrue(ids.stream().allMatch(id -> id.matches("[A-Za-z0-9_-]{8}")), ids::toString);
    }

    @Test
    void readsTheCurrentSecretAndTheOthersFromOneText() {
        Base64.Encoder base64 = Base64.getEncoder();
        String text = base64.encodeToString(filled(1)) + " , " + base64.encodeToString(filled(2)) + "\n";

        assertEquals(List.of(onlyId(1), onlyId(2)), ServerSecret.ofBase64(text).ids());
    }

    @Test
    void refusesASecretThatStandsTwiceWithoutShowingIt() {
        String text = Base64.getEncoder().encodeToString(filled(1));

        String message = assertThrows(IllegalArgumentException.class, () -> ServerSecret.ofBase64(text + "," + text))
                .getMessage();

        assertTrue(message.contains("one stands twice"), message);
        assertFalse(message.contains(text), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "AAAA", "AAAA,", "not Base64!"})
    void refusesATextInWhichOneSecretIsMissingOrTooShortOrNoBase64(String rest) {
        String good = Base64.getEncoder().encodeToString(filled(1));

        assertThrows(IllegalArgumentException.class, () -> ServerSecret.ofBase64(rest));
        String message = assertThrows(IllegalArgumentException.class, () -> ServerSecret.ofBase64(good + "," + rest))
                .getMessage();
        assertTrue(message.contains("openssl rand -base64 32"), message);
        assertFalse(message.contains(good), message);
    }

    @Test
    void keepsTheSecretOfAFile() {
        Path file = folder.resolve("deep/secret");

        byte[] first = ServerSecret.ofFile(file, new SecureRandom()).derive("a", 32);
        byte[] again = ServerSecret.ofFile(file, new SecureRandom()).derive("a", 32);

        assertArrayEquals(first, again);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "\u00e9\u00ff not Base64"})
    void namesAFileThatHoldsNoSecret(String damaged) throws Exception {
        Path file = folder.resolve("secret");
        Files.writeString(file, damaged, StandardCharsets.ISO_8859_1);

        String message = assertThrows(
                        IllegalArgumentException.class, () -> ServerSecret.ofFile(file, new SecureRandom()))
                .getMessage();

        assertTrue(message.startsWith("the file " + file + " holds no server secret. Put back its copy"), message);
        assertFalse(message.contains("not Base64"), message);
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

    private static byte[] filled(int value) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) value);
        return secret;
    }

    private static String onlyId(int value) {
        return ServerSecret.of(filled(value)).ids().get(0);
    }
}
