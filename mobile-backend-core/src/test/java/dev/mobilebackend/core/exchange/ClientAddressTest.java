// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    @Test
    void countsAnIpv6SubscriberByItsFirst64Bits() {
        String one = ClientAddress.parse("2001:db8:1:2:3:4:5:6").network();
        String sameSubscriber = ClientAddress.parse("2001:db8:1:2:ffff::1").network();
        String another = ClientAddress.parse("2001:db8:1:3::1").network();

        assertEquals(one, sameSubscriber);
        assertFalse(one.equals(another));
    }

    @Test
    void countsAnIpv4SubscriberByItsAddress() {
        assertEquals("192.0.2.1", ClientAddress.parse("192.0.2.1").network());
        assertEquals("192.0.2.1", ClientAddress.parse("::ffff:192.0.2.1").network());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.1.1", "fe80::1", "fd00::1"
            })
    void knowsTheOperatorsOwnNetworks(String literal) {
        assertTrue(ClientAddress.parse(literal).isPrivate());
    }

    @Test
    void leavesTheZoneOfALinkLocalAddressOut() {
        assertEquals(ClientAddress.parse("fe80::1"), ClientAddress.parse("fe80::1%eth0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "2001:db8::1"})
    void knowsThePublicNetwork(String literal) {
        assertFalse(ClientAddress.parse(literal).isPrivate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "example.com", "1.2.3.4.example", "1.2.3.4.5", "::g", "[::1"})
    void neverLooksUpAName(String text) {
        assertThrows(IllegalArgumentException.class, () -> ClientAddress.parse(text));
    }
}
