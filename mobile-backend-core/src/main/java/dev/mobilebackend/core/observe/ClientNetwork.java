// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import dev.mobilebackend.core.exchange.ClientAddress;

/**
 * As much of an address as tells where a client is and not which it is: {@code 192.0.2.0/24}, {@code 2001:db8:7::/48}.
 */
final class ClientNetwork {

    private ClientNetwork() {}

    static String of(ClientAddress client) {
        int bits = client.isIpv4() ? 24 : 48;
        return client.prefix(bits) + "/" + bits;
    }
}
