// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectKeysTest {

    private final SubjectKeys keys =
            new SubjectKeys(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    /** The bytes 0, 1, 2 and so on under a key of zeros; the expected values are those of CPython's siphash13. */
    @ParameterizedTest
    @CsvSource({"9, 75927f9d95124362", "15, f30eb725bb91c9ea", "17, 4883c49a2c009c1d", "33, 7fb71d24dfa4c9f6"})
    void hashesTextsBySipHash(int length, String expected) {
        var tail = new StringBuilder();
        for (int i = 8; i < length - 1; i += 2) {
            tail.append((char) (i | (i + 1) << 8));
        }

        long hash = SubjectKeys.hash(0, 0, 0x0706050403020100L, tail.toString(), length - 1);

        assertEquals(expected, Long.toHexString(hash));
    }

    /** The product is taken without signs: else the proof of how rarely two addresses meet would not hold. */
    @Property
    void hashesAddressesByTheUpperHalfOfAProduct(@ForAll long one, @ForAll long other) {
        BigInteger factor = factor();

        long difference =
                keys.client(new ClientAddress(one | 1L << 63, 0)) ^ keys.client(new ClientAddress(other | 1L << 62, 0));

        assertEquals(upperHalf(factor, one | 1L << 63) ^ upperHalf(factor, other | 1L << 62), difference);
    }

    @Test
    void countsASubscriberOfIpv6ByItsFirst64BitsAndItsSiteBy48() {
        ClientAddress phone = ClientAddress.parse("2001:db8:1:2:3:4:5:6");
        ClientAddress samePhone = ClientAddress.parse("2001:db8:1:2:ffff::1");
        ClientAddress neighbour = ClientAddress.parse("2001:db8:1:3::1");
        ClientAddress stranger = ClientAddress.parse("2001:db8:2:2:3:4:5:6");

        assertEquals(keys.client(phone), keys.client(samePhone));
        assertNotEquals(keys.client(phone), keys.client(neighbour));
        assertEquals(keys.site(phone), keys.site(neighbour));
        assertNotEquals(keys.site(phone), keys.site(stranger));
    }

    @Test
    void keepsKindsOfSubjectsApart() {
        ClientAddress zero = ClientAddress.parse("::");
        long account = keys.account("1");

        Set<Long> all = new HashSet<>(Set.of(
                keys.client(ClientAddress.parse("0.0.0.0")),
                keys.client(ClientAddress.parse("0:ffff::")),
                keys.client(zero),
                keys.site(zero),
                account,
                keys.device(account, "1"),
                keys.device(keys.account("2"), "1"),
                keys.other("1"),
                keys.limit("1", ""),
                keys.limit("client", "GET /a"),
                keys.limit("clientG", "ET /a")));

        assertEquals(11, all.size());
    }

    @Test
    void givesAMillionAddressesAKeyEach() {
        long different = IntStream.range(0, 1_000_000)
                .mapToLong(i -> keys.client(new ClientAddress(0, 0xffff_0000_0000L | i)))
                .distinct()
                .count();

        assertEquals(1_000_000, different);
    }

    @Test
    void dependsOnItsSecret() {
        var others = new SubjectKeys(new byte[16]);

        assertNotEquals(keys.account("ann"), others.account("ann"));
        assertNotEquals(keys.client(ClientAddress.parse("192.0.2.1")), others.client(ClientAddress.parse("192.0.2.1")));
        assertThrows(IllegalArgumentException.class, () -> new SubjectKeys(new byte[15]));
    }

    /**
     * Found from outside: the upper half of its product with 1 is its own, that with 2<sup>63</sup> is its lower half
     * without the last bit, which is always set.
     */
    private BigInteger factor() {
        long offset = keys.client(new ClientAddress(0, 0));
        long upper = keys.client(new ClientAddress(1, 0)) ^ offset;
        long shifted = keys.client(new ClientAddress(1L << 63, 0)) ^ offset;
        return unsigned(upper).shiftLeft(64).or(unsigned(shifted << 1 | 1));
    }

    private static long upperHalf(BigInteger factor, long number) {
        return factor.multiply(unsigned(number)).shiftRight(64).longValue();
    }

    private static BigInteger unsigned(long number) {
        return new BigInteger(Long.toUnsignedString(number));
    }
}
