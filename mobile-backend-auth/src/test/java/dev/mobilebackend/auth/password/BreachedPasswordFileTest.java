// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreachedPasswordFileTest {

    private static final String OF_PASSWORD = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";

    @TempDir
    private Path folder;

    private Path list;
    private Path file;

    @BeforeEach
    void paths() {
        list = folder.resolve("list.txt");
        file = folder.resolve("breached.mbpw");
    }

    @Test
    void knowsEveryPasswordOfTheListAndFewOthers() throws IOException {
        write(IntStream.range(0, 200_000).mapToObj(i -> line("listed " + i, 1)));

        assertEquals(200_000, BreachedPasswordFile.build(list, 1, file));

        BreachedPasswordFile breached = BreachedPasswordFile.open(file);
        assertTrue(IntStream.range(0, 200_000).allMatch(i -> contains(breached, "listed " + i)));
        long wrong = IntStream.range(0, 200_000)
                .filter(i -> contains(breached, "other " + i))
                .count();
        assertTrue(wrong < 300, () -> wrong + " of 200,000 unlisted passwords were found");
        assertTrue(wrong > 0, "so many bits would be more than are kept");
        assertTrue(Files.size(file) < 200_000 * 2.1);
    }

    @Test
    void leavesOutWhatWasSeenSeldom() throws IOException {
        write(Stream.of(line("often", 10), line("seldom", 9)));

        assertEquals(1, BreachedPasswordFile.build(list, 10, file));

        BreachedPasswordFile breached = BreachedPasswordFile.open(file);
        assertTrue(contains(breached, "often"));
        assertFalse(contains(breached, "seldom"));
    }

    @Test
    void readsTheListAsItIsGivenAway() throws IOException {
        Files.writeString(list, OF_PASSWORD + ":52256179\r\n" + "f".repeat(40) + "\n\n");

        assertEquals(2, BreachedPasswordFile.build(list, 1, file));
        assertTrue(contains(BreachedPasswordFile.open(file), "password"));
    }

    @Test
    void anotherFileTakesTheOldOnesPlace() throws IOException {
        write(Stream.of(line("one", 1)));
        BreachedPasswordFile.build(list, 1, file);
        BreachedPasswordFile old = BreachedPasswordFile.open(file);
        write(Stream.of(line("two", 1)));

        BreachedPasswordFile.build(list, 1, file);

        assertTrue(contains(BreachedPasswordFile.open(file), "two"));
        assertTrue(contains(old, "one"));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD:1",
                "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FDG:1",
                "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8;1",
                "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:many",
                "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:\u00e9"
            })
    void refusesAListWithAnythingElse(String line) throws IOException {
        Files.writeString(list, "0".repeat(40) + ":1\n" + line + "\n");

        var refusal = assertThrows(IllegalArgumentException.class, () -> BreachedPasswordFile.build(list, 1, file));

        assertTrue(refusal.getMessage().startsWith("line 2 of "), refusal.getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void refusesAListThatIsEmptyOrOutOfOrder() throws IOException {
        Files.writeString(list, "F".repeat(40) + ":1\n" + "0".repeat(40) + ":1\n");
        assertThrows(IllegalArgumentException.class, () -> BreachedPasswordFile.build(list, 1, file));
        Files.writeString(list, "");
        assertThrows(IllegalArgumentException.class, () -> BreachedPasswordFile.build(list, 1, file));
        assertThrows(IllegalArgumentException.class, () -> BreachedPasswordFile.build(list, 0, file));
    }

    @Test
    void opensNothingThatIsNotWhole() throws IOException {
        write(Stream.of(line("one", 1), line("two", 1)));
        BreachedPasswordFile.build(list, 1, file);
        byte[] whole = Files.readAllBytes(file);

        for (byte[] other : List.of(
                new byte[0],
                Arrays.copyOf(whole, whole.length - 1),
                Arrays.copyOf(whole, whole.length + 1),
                new byte[99])) {
            Files.write(file, other);
            assertThrows(IllegalArgumentException.class, () -> BreachedPasswordFile.open(file));
        }
    }

    @Test
    void opensNothingWhoseNumbersPointOutsideOfIt() throws IOException {
        write(Stream.of(line("one", 1), line("two", 1)));
        BreachedPasswordFile.build(list, 1, file);
        byte[] whole = Files.readAllBytes(file);

        for (int at = BreachedPasswordFile.HEAD_BYTES; at < BreachedPasswordFile.HEAD_BYTES + 8; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0x80;
            Files.write(file, damaged);

            assertThrows(IllegalArgumentException.class, () -> BreachedPasswordFile.open(file), "byte " + at);
        }
    }

    private void write(Stream<String> lines) throws IOException {
        Files.write(list, lines.sorted().toList());
    }

    private static String line(String password, int seen) {
        return HexFormat.of().formatHex(Sha1.of(password.toCharArray())).toUpperCase(Locale.ROOT) + ":" + seen;
    }

    private static boolean contains(BreachedPasswords breached, String password) {
        return breached.contains(password.toCharArray());
    }
}
