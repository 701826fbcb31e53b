// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.digest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Sha256Test {

    /** The examples of FIPS 180-2 appendix B, and the digest of nothing. */
    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                Arguments.of("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
                Arguments.of(
                        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
                Arguments.of(
                        "a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void givesTheDigestsOfTheStandard(String text, String digest) {
        assertEquals(digest, HexFormat.of().formatHex(Sha256.of(text)));
    }

    @Property
    void isTheSameHoweverItsBytesArePieced(@ForAll byte[] first, @ForAll byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);

        byte[] pieced =
                new Sha256().add(first).add(both, first.length, second.length).finish();

        assertArrayEquals(Sha256.of(both), pieced);
    }

    @Test
    void keepsTextsInARowApart() {
        byte[] one = new Sha256().addTerminated("ab").addTerminated("c").finish();
        byte[] other = new Sha256().addTerminated("a").addTerminated("bc").finish();

        assertFalse(Arrays.equals(one, other));
        assertArrayEquals(Sha256.of("ab\0c\0"), one);
    }

    @Test
    void beginsAnewAfterADigest() {
        var digest = new Sha256();
        digest.add("a body".getBytes(StandardCharsets.UTF_8)).finish();

        byte[] next = digest.addTerminated("abc").finish();

        assertArrayEquals(Sha256.of("abc\0"), next);
    }
}
