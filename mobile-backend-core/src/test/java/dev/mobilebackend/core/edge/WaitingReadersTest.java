// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.ClientAddress;
import org.junit.jupiter.api.Test;

class WaitingReadersTest {

    private final WaitingReaders readers = new WaitingReaders(8);

    @Test
    void oneNetworkGetsAQuarter() {
        assertTrue(readers.tryEnter(ClientAddress.parse("2001:db8:1:2::1")));
        assertTrue(readers.tryEnter(ClientAddress.parse("2001:db8:1:2::2")));
        assertFalse(readers.tryEnter(ClientAddress.parse("2001:db8:1:2::3")));

        assertTrue(readers.tryEnter(ClientAddress.parse("2001:db8:1:3::1")));
        assertEquals(3, readers.count());
    }

    @Test
    void oneSiteGetsHalfHoweverManyNetworksItHas() {
        for (int network = 0; network < 4; network++) {
            assertTrue(readers.tryEnter(ClientAddress.parse("2001:db8:1:" + network + "::1")));
        }
        assertFalse(readers.tryEnter(ClientAddress.parse("2001:db8:1:4::1")));

        assertTrue(readers.tryEnter(ClientAddress.parse("2001:db8:2::1")));
        readers.leave(ClientAddress.parse("2001:db8:1:3::1"));
        assertTrue(readers.tryEnter(ClientAddress.parse("2001:db8:1:4::1")));
        assertEquals(5, readers.count());
    }

    @Test
    void allTogetherGetNoMoreThanThereAre() {
        for (int i = 0; i < 8; i++) {
            assertTrue(readers.tryEnter(ClientAddress.parse("203.0.113." + i)));
        }

        assertFalse(readers.tryEnter(ClientAddress.parse("203.0.113.9")));
    }

    @Test
    void whoeverLeavesMakesRoomAndIsForgotten() {
        ClientAddress client = ClientAddress.parse("203.0.113.9");
        for (int i = 0; i < 20; i++) {
            assertTrue(readers.tryEnter(client));
            assertTrue(readers.tryEnter(client));
            assertFalse(readers.tryEnter(client));
            readers.leave(client);
            readers.leave(client);
        }

        assertEquals(0, readers.count());
    }
}
