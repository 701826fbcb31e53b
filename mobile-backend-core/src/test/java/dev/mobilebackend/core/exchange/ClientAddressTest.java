// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    @Test
    void countsAnIpv6SubscriberByItsFirst64Bits() {
        String one = ClientAddress.parse("2001:db8:1:2:3:4:5:6").network();
        String sameSubscriber = ClientAddress.parse("2001:db8:1:2:ffff::1").network();
        String another = ClientAddress.parse("2001:db8:1:3::1").network();

        assertEquals("2001:db8:1:2::/64", one);
        assertEquals(one, sameSubscriber);
        assertNotEquals(one, another);
    }

    @Test
    void countsAnIpv4SubscriberByItsAddress() {
        assertEquals("192.0.2.1", ClientAddress.parse("192.0.2.1").network());
        assertEquals("192.0.2.1", ClientAddress.parse("::ffff:192.0.2.1").network());
        assertEquals(ClientAddress.parse("192.0.2.1"), ClientAddress.parse("[::ffff:c000:201]"));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.77, 24, 192.0.2.0",
        "192.0.2.77, 32, 192.0.2.77",
        "192.0.2.77, 0, 0.0.0.0",
        "2001:db8:1:2:3:4:5:6, 48, 2001:db8:1::",
        "2001:db8:1:2:3:4:5:6, 96, 2001:db8:1:2:3:4::",
        "2001:db8:1:2:3:4:5:6, 0, ::"
    })
    void keepsTheLeadingBitsOfANetwork(String literal, int bits, String network) {
        assertEquals(network, ClientAddress.parse(literal).prefix(bits).toString());
    }

    @Test
    void namesThePrefixThatIsTooLong() {
        assertEquals(
                "a prefix of 192.0.2.1 can't have 33 bits",
                assertThrows(IllegalArgumentException.class, () -> ClientAddress.parse("192.0.2.1")
                                .prefix(33))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.0.9",
                "::1",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.1.1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "fc00::1",
                "fd00::1",
                "::ffff:10.1.2.3"
            })
    void knowsTheOperatorsOwnNetworks(String literal) {
        assertTrue(ClientAddress.parse(literal).isPrivate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.32.0.1", "172.15.0.1", "128.0.0.1", "192.169.0.1", "2001:db8::1", "ff02::1", "::"
            })
    void knowsThePublicNetwork(String literal) {
        assertFalse(ClientAddress.parse(literal).isPrivate());
    }

    @Test
    void knowsItsOwnMachine() {
        assertTrue(List.of("127.0.0.1", "::1", "::ffff:127.0.0.1").stream()
                .allMatch(literal -> ClientAddress.parse(literal).isLoopback()));
        assertFalse(ClientAddress.parse("10.0.0.1").isLoopback());
        assertFalse(ClientAddress.parse("::2").isLoopback());
    }

    @Test
    void leavesTheZoneOfALinkLocalAddressOut() {
        assertEquals(ClientAddress.parse("fe80::1"), ClientAddress.parse("fe80::1%eth0"));
        assertEquals(ClientAddress.parse("fe80::1"), ClientAddress.parse("[fe80::1%eth0]"));
    }

    @ParameterizedTest
    @CsvSource({
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "0:0:0:0:0:0:0:0, ::",
        "1:0:0:0:0:0:0:0, 1::",
        "0:0:0:0:0:0:0:1, ::1",
        "::1:2:3:4:5:6:7, 0:1:2:3:4:5:6:7"
    })
    void writesAnIpv6AddressInTheOneFormOfRfc5952(String literal, String expected) {
        assertEquals(expected, ClientAddress.parse(literal).toString());
    }

    @Property
    void readsEveryAddressThatTheJdkWrites(@ForAll("addresses") byte[] bytes) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(bytes);

        ClientAddress read = ClientAddress.parse(address.getHostAddress());

        assertEquals(address, InetAddress.getByName(read.toString()));
        assertEquals(read, ClientAddress.parse(read.toString()));
        assertEquals(
                address.isLoopbackAddress() || address.isLinkLocalAddress() || address.isSiteLocalAddress(),
                read.isPrivate() && (bytes[0] & 0xfe) != 0xfc);
    }

    /** Runs of zeros and of the prefixes with a meaning come up often, unlike in plain random bytes. */
    @Provide
    Arbitrary<byte[]> addresses() {
        Arbitrary<Short> group = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just((short) 0)),
                Tuple.of(1, Arbitraries.of((short) 0xfe80, (short) 0xfec0, (short) 0xfd00, (short) 1)),
                Tuple.of(2, Arbitraries.shorts()));
        Arbitrary<byte[]> ipv6 = group.list().ofSize(8).map(groups -> {
            var bytes = ByteBuffer.allocate(16);
            groups.forEach(bytes::putShort);
            return bytes.array();
        });
        Arbitrary<byte[]> ipv4 = Arbitraries.frequencyOf(
                        Tuple.of(1, Arbitraries.of((byte) 10, (byte) 127, (byte) 192, (byte) 168)),
                        Tuple.of(1, Arbitraries.bytes()))
                .array(byte[].class)
                .ofSize(4);
        return Arbitraries.oneOf(ipv6, ipv4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.com",
                "1.2.3.4.example",
                "1.2.3.4.5",
                "::g",
                "[::1",
                "::1]",
                "[]",
                ":",
                ":::",
                "1:2",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "1:2:3:4:5:6:7:8::",
                ":1::",
                "1:",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4%eth0",
                "[1.2.3.4]",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::\uff11",
                "\u0661.2.3.4",
                " ::1",
                "::1 ",
                "%"
            })
    void neverLooksUpAName(String text) {
        assertThrows(IllegalArgumentException.class, () -> ClientAddress.parse(text));
    }

    @Property
    void takesOrRefusesWhateverText(@ForAll("nearlyAddresses") String text) {
        try {
            ClientAddress address = ClientAddress.parse(text);
            assertEquals(address, ClientAddress.parse(address.toString()));
        } catch (IllegalArgumentException refused) {
            assertTrue(refused.getMessage().contains("'" + text + "'"), refused.getMessage());
        }
    }

    @Provide
    Arbitrary<String> nearlyAddresses() {
        return Arbitraries.strings().withChars("01289abfFg:.[]%").ofMaxLength(45);
    }
}
