// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Argon2EngineTest {

    private static final Supplier<Argon2Engine> NO_LIBRARY = () -> {
        throw new UnsatisfiedLinkError("no argon2 in java.library.path");
    };

    static Stream<Argon2Engine> engines() {
        return Stream.of(NativeArgon2.load(), new BouncyCastleArgon2());
    }

    /** The test vector of RFC 9106 section 5.3. */
    @ParameterizedTest
    @MethodSource("engines")
    void computesWhatTheStandardSays(Argon2Engine engine) {
        byte[] tag =
                engine.compute(new Argon2Cost(32, 3, 4), times(1, 32), times(2, 16), times(3, 8), times(4, 12), 32);

        assertEquals(
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
                HexFormat.of().formatHex(tag));
    }

    @Property(tries = 50)
    void bothComputeTheSame(
            @ForAll @Size(min = 1, max = 70) byte[] password,
            @ForAll @Size(min = 8, max = 24) byte[] salt,
            @ForAll @Size(max = 33) byte[] secret,
            @ForAll @IntRange(min = 1, max = 3) int iterations,
            @ForAll @IntRange(min = 1, max = 3) int lanes) {
        var cost = new Argon2Cost(8 * lanes + 5, iterations, lanes);

        byte[] natively = NativeArgon2.load().compute(cost, password, salt, secret, new byte[0], 32);

        assertArrayEquals(natively, new BouncyCastleArgon2().compute(cost, password, salt, secret, new byte[0], 32));
    }

    @Test
    void eachVerifiesTheOthersHashes() {
        var policy = new HashingPolicy(new Argon2Cost(64, 2, 2), new Argon2Cost(64, 2, 2), 1, 0, Duration.ZERO);
        Passwords natively = Passwords.builder(policy).build(NativeArgon2.load());
        Passwords inJava = Passwords.builder(policy).build(new BouncyCastleArgon2());
        char[] password = "p\u00e4ssword".toCharArray();

        assertEquals(new PasswordCheck(true, false), inJava.verify(password, natively.hash(password)));
        assertEquals(new PasswordCheck(true, false), natively.verify(password, inJava.hash(password)));
    }

    @Test
    void theNativeLibraryIsTakenWhereItIs() {
        assertInstanceOf(NativeArgon2.class, Argon2Engine.find());
    }

    @Test
    void bouncyCastleIsTakenWhereTheLibraryIsMissing() {
        assertInstanceOf(BouncyCastleArgon2.class, Argon2Engine.find(NO_LIBRARY, true));
    }

    @Test
    void whereBothAreMissingTheStartFailsAndSaysWhatToAdd() {
        var refusal = assertThrows(IllegalStateException.class, () -> Argon2Engine.find(NO_LIBRARY, false));

        assertTrue(refusal.getMessage().contains("org.bouncycastle:bcprov-jdk18on"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(System.getProperty("os.arch")), refusal.getMessage());
    }

    private static byte[] times(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
