// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.ClientAddress;

/**
 * All addresses with the same first bits (RFC 4632 section 3.1).
 *
 * @param network the first of them
 * @param bits how many bits they share, of 32 for IPv4 and 128 for IPv6
 */
record AddressRange(ClientAddress network, int bits) {

    AddressRange {
        if (bits == 0) {
            throw new IllegalArgumentException("a range of proxies can't hold every address there is, was " + network
                    + "/0: name the networks that the proxies stand in");
        }
        if (!network.prefix(bits).equals(network)) {
            throw new IllegalArgumentException("a range begins with its first address, was " + network + "/" + bits
                    + ": write " + network.prefix(bits) + "/" + bits);
        }
    }

    /** {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        ClientAddress network = ClientAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (slash < 0) {
            return new AddressRange(network, network.isIpv4() ? 32 : 128);
        }
        try {
            return new AddressRange(network, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("a range is an address, / and a number of bits, was '" + text + "'");
        }
    }

    boolean contains(ClientAddress address) {
        return address.isIpv4() == network.isIpv4() && address.prefix(bits).equals(network);
    }
}
