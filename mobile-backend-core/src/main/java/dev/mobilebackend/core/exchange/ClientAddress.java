// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The address a request came from.
 *
 * @param address an IPv4 or IPv6 address, never resolved from a name
 */
public record ClientAddress(InetAddress address) {

    /**
     * The address that a literal such as {@code 192.0.2.1} or {@code [2001:db8::1]} names; a zone, as in
     * {@code fe80::1%eth0}, belongs to this machine and is left out.
     *
     * @throws IllegalArgumentException if it is a host name or nothing at all: looking it up would let a client make
     *     this server send traffic
     */
    public static ClientAddress parse(String literal) {
        int zone = literal.indexOf('%');
        String address = zone < 0 ? literal : literal.substring(0, zone);
        if (address.isEmpty() || !address.chars().allMatch(ClientAddress::mayStandInLiteral)) {
            throw new IllegalArgumentException("address must be an IPv4 or IPv6 literal, was '" + literal + "'");
        }
        try {
            return new ClientAddress(InetAddress.getByName(address));
        } catch (UnknownHostException notAnAddress) {
            throw new IllegalArgumentException("address must be an IPv4 or IPv6 literal, was '" + literal + "'");
        }
    }

    /** Loopback, link-local, RFC 1918 or unique local (RFC 4193): inside the operator's own network. */
    public boolean isPrivate() {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || (address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc);
    }

    public boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    /**
     * What one subscriber can be counted by: the IPv4 address, or the first 64 bits of the IPv6 address, since a phone
     * may use any address below those.
     */
    public String network() {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, 8, 16, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
        } catch (UnknownHostException wrongLength) {
            throw new AssertionError("sixteen bytes are an IPv6 address", wrongLength);
        }
    }

    @Override
    public String toString() {
        return address.getHostAddress();
    }

    private static boolean mayStandInLiteral(int c) {
        return Character.digit(c, 16) >= 0 || c == ':' || c == '.' || c == '[' || c == ']';
    }
}
