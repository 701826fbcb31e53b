// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import dev.mobilebackend.core.exchange.ClientAddress;

/** As much of an address as tells where a client is and not which it is: {@code 192.0.2.0/24}, {@code 2001:db8:7::/48}. */
final class ClientNetwork {

    private static final int IPV4 = 4;

    private ClientNetwork() {}

    static String of(ClientAddress client) {
        byte[] bytes = client.address().getAddress();
        var network = new StringBuilder(20);
        if (bytes.length == IPV4) {
            for (int i = 0; i < 3; i++) {
                network.append(bytes[i] & 0xff).append('.');
            }
            return network.append("0/24").toString();
        }
        for (int i = 0; i < 6; i += 2) {
            network.append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)))
                    .append(':');
        }
        return network.append(":/48").toString();
    }
}
