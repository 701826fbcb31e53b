// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

/**
 * The address a request came from: an IPv6 address, or an IPv4 address in its mapped form (RFC 4291 section 2.5.5.2),
 * so that both spellings of one IPv4 address are equal. Never resolved from a name.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record ClientAddress(long high, long low) {

    private static final long MAPPED_IPV4 = 0xffffL;
    private static final int GROUPS = 8;

    /**
     * The address that a literal such as {@code 192.0.2.1} or {@code [2001:db8::1]} names; a zone, as in
     * {@code fe80::1%eth0}, belongs to this machine and is left out.
     *
     * @throws IllegalArgumentException if it is a host name or nothing at all: looking it up would let a client make
     *     this server send traffic
     */
    public static ClientAddress parse(String literal) {
        int end = literal.length();
        boolean bracketed = end > 1 && literal.charAt(0) == '[' && literal.charAt(end - 1) == ']';
        int start = bracketed ? 1 : 0;
        end -= start;
        if (literal.indexOf(':') >= 0) {
            int zone = literal.indexOf('%');
            return parseIpv6(literal, start, zone < 0 ? end : zone);
        }
        if (bracketed) {
            throw notAnAddress(literal);
        }
        return ofIpv4(parseIpv4(literal, start, end));
    }

    private static ClientAddress ofIpv4(long bits) {
        return new ClientAddress(0, (MAPPED_IPV4 << 32) | bits);
    }

    public boolean isIpv4() {
        return high == 0 && low >>> 32 == MAPPED_IPV4;
    }

    /**
     * Loopback, link-local, RFC 1918, unique local (RFC 4193) or the older site-local: inside the operator's own
     * network.
     */
    public boolean isPrivate() {
        if (isLoopback()) {
            return true;
        }
        if (isIpv4()) {
            int bits = (int) low;
            return bits >>> 24 == 10 || bits >>> 20 == 0xac1 || bits >>> 16 == 0xc0a8 || bits >>> 16 == 0xa9fe;
        }
        boolean uniqueLocal = high >>> 57 == 0xfc >>> 1;
        boolean linkOrSiteLocal = high >>> 55 == 0xfe80 >>> 7;
        return uniqueLocal || linkOrSiteLocal;
    }

    public boolean isLoopback() {
        return isIpv4() ? (int) low >>> 24 == 127 : high == 0 && low == 1;
    }

    /**
     * What one subscriber can be counted by: the IPv4 address, or the first 64 bits of the IPv6 address, since a phone
     * may use any address below those.
     */
    public String network() {
        return isIpv4() ? toString() : prefix(64) + "/64";
    }

    /**
     * The network of that many leading bits, out of 32 for IPv4 and 128 for IPv6: this address with all others zero.
     */
    public ClientAddress prefix(int bits) {
        int kept = isIpv4() ? bits + 96 : bits;
        if (bits < 0 || kept > 128) {
            throw new IllegalArgumentException("a prefix of " + this + " can't have " + bits + " bits");
        }
        return new ClientAddress(high & leading(kept), low & leading(kept - 64));
    }

    private static long leading(int bits) {
        return bits <= 0 ? 0 : -1L << (64 - Math.min(bits, 64));
    }

    /** The literal of the address: dotted for IPv4, by RFC 5952 for IPv6. */
    @Override
    public String toString() {
        var text = new StringBuilder(39);
        if (isIpv4()) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                text.append(low >>> shift & 0xff).append(shift == 0 ? "" : ".");
            }
            return text.toString();
        }
        int gap = longestZeros();
        int afterGap = gap < 0 ? 0 : gap + zerosAt(gap);
        for (int index = 0; index < GROUPS; index++) {
            if (index == gap) {
                text.append("::");
            } else if (index < gap || index >= afterGap) {
                boolean separated = index > 0 && index != afterGap;
                text.append(separated ? ":" : "").append(Integer.toHexString(group(index)));
            }
        }
        return text.toString();
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index % 4))) & 0xffff;
    }

    /** Where the first of the longest runs of two or more zero groups begins, -1 if there is none. */
    private int longestZeros() {
        int best = -1;
        for (int index = 0; index < GROUPS; index++) {
            if (zerosAt(index) > (best < 0 ? 1 : zerosAt(best))) {
                best = index;
            }
        }
        return best;
    }

    private int zerosAt(int index) {
        int end = index;
        while (end < GROUPS && group(end) == 0) {
            end++;
        }
        return end - index;
    }

    /** Four decimal numbers without leading zeros, which some read as octal (RFC 6943 section 3.1.1). */
    private static long parseIpv4(String literal, int start, int end) {
        long bits = 0;
        int at = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at == end || literal.charAt(at++) != '.')) {
                throw notAnAddress(literal);
            }
            int from = at;
            int value = 0;
            while (at < end && at - from < 3 && isDecimal(literal.charAt(at))) {
                value = value * 10 + literal.charAt(at++) - '0';
            }
            if (at == from || value > 255 || (at - from > 1 && literal.charAt(from) == '0')) {
                throw notAnAddress(literal);
            }
            bits = (bits << 8) | value;
        }
        if (at != end) {
            throw notAnAddress(literal);
        }
        return bits;
    }

    /** The forms of RFC 4291 section 2.2. */
    private static ClientAddress parseIpv6(String literal, int start, int end) {
        long high = 0;
        long low = 0;
        long headHigh = 0;
        long headLow = 0;
        int groups = 0;
        int gap = -1;
        int at = start;
        boolean more = true;
        while (more) {
            if (literal.startsWith("::", at) && at + 2 <= end) {
                if (gap >= 0) {
                    throw notAnAddress(literal);
                }
                gap = groups;
                headHigh = high;
                headLow = low;
                high = 0;
                low = 0;
                at += 2;
                if (at == end) {
                    break;
                }
            } else if (groups > 0) {
                if (literal.charAt(at++) != ':') {
                    throw notAnAddress(literal);
                }
            }
            int from = at;
            long value = 0;
            while (at < end && at - from < 4 && hexDigit(literal.charAt(at)) >= 0) {
                value = (value << 4) | hexDigit(literal.charAt(at++));
            }
            if (at == from) {
                throw notAnAddress(literal);
            }
            int bits = 16;
            if (at < end && literal.charAt(at) == '.') {
                value = parseIpv4(literal, from, end);
                bits = 32;
                at = end;
            }
            groups += bits / 16;
            high = (high << bits) | (low >>> (64 - bits));
            low = (low << bits) | value;
            more = at < end;
        }
        if (gap < 0 ? groups != GROUPS : groups >= GROUPS) {
            throw notAnAddress(literal);
        }
        int tail = gap < 0 ? 128 : 16 * (GROUPS - gap);
        return new ClientAddress(high | shiftedHigh(headHigh, headLow, tail), low | shiftedLow(headLow, tail));
    }

    private static long shiftedHigh(long high, long low, int bits) {
        if (bits >= 128) {
            return 0;
        }
        return bits >= 64 ? low << (bits - 64) : (high << bits) | (low >>> (64 - bits));
    }

    private static long shiftedLow(long low, int bits) {
        return bits >= 64 ? 0 : low << bits;
    }

    /** By hand, since {@code Character.digit} takes the digits of every script. */
    private static int hexDigit(char c) {
        if (isDecimal(c)) {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private static boolean isDecimal(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException notAnAddress(String literal) {
        return new IllegalArgumentException("address must be an IPv4 or IPv6 literal, was '" + literal + "'");
    }
}
