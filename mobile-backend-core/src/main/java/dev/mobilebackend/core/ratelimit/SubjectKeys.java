// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.ClientAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns who and what is counted into keys of 64 bits under a secret. The key of a subject under a limit is
 * {@link #limit} xor the subject's. Allocates nothing. Immutable.
 *
 * <p>Texts are hashed by SipHash-1-3 [1]. Addresses are numbers, so multiplication by a secret odd one, of which the
 * upper half of 128 bits is kept, does at a tenth of the price: two addresses share a key with a chance of at most
 * 2<sup>-63</sup>, whichever somebody without the secret chooses [2].
 *
 * <ol>
 *   <li>Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012
 *   <li>Dietzfelbinger, Hagerup, Katajainen and Penttonen, "A reliable randomized algorithm for the closest-pair
 *       problem", 1997
 * </ol>
 */
public final class SubjectKeys {

    private static final int LIMIT = 0;
    private static final int ACCOUNT = 1;
    private static final int DEVICE = 2;
    private static final int OTHER = 3;
    private static final int NUMBERS = 4;

    private final long k0;
    private final long k1;
    private final long upperFactor;
    private final long lowerFactor;
    private final long ipv4;
    private final long network;
    private final long site;

    /** Keys under sixteen secret bytes. */
    public SubjectKeys(byte[] secret) {
        if (secret.length != 16) {
            throw new IllegalArgumentException("secret must be 16 bytes, was " + secret.length);
        }
        ByteBuffer bytes = ByteBuffer.wrap(secret).order(ByteOrder.LITTLE_ENDIAN);
        k0 = bytes.getLong();
        k1 = bytes.getLong();
        upperFactor = hash(0, "upper factor", NUMBERS);
        lowerFactor = hash(0, "lower factor", NUMBERS) | 1;
        ipv4 = hash(0, "IPv4", NUMBERS);
        network = hash(0, "IPv6 /64", NUMBERS);
        site = hash(0, "IPv6 /48", NUMBERS);
    }

    /** What sets one limit apart from others, such as its name and its route. */
    public long limit(String name, String scope) {
        return hash(name.length(), name + scope, LIMIT);
    }

    /** One subscriber: an IPv4 address, or the /64 of an IPv6 address. */
    public long client(ClientAddress address) {
        return address.isIpv4() ? ipv4 ^ hash(address.low()) : network ^ hash(address.high());
    }

    /** One site: the /48 of an IPv6 address. */
    public long site(ClientAddress address) {
        return site ^ hash(address.high() >>> 16);
    }

    public long account(String accountId) {
        return hash(0, accountId, ACCOUNT);
    }

    /**
     * A device within what it belongs to.
     *
     * @param owner the key of its account or its network
     */
    public long device(long owner, String deviceId) {
        return hash(owner, deviceId, DEVICE);
    }

    /** A subject of the application's own. */
    public long other(String subject) {
        return hash(0, subject, OTHER);
    }

    /** The upper 64 of the lower 128 bits of the product of a number without sign and the secret factor. */
    private long hash(long number) {
        long carried = Math.multiplyHigh(lowerFactor, number)
                + ((lowerFactor >> 63) & number)
                + ((number >> 63) & lowerFactor);
        return carried + upperFactor * number;
    }

    private long hash(long head, String tail, int kind) {
        return hash(k0, k1, head, tail, kind);
    }

    /**
     * SipHash-1-3 of the eight bytes of the head, two bytes for each character and one for the kind, each lowest byte
     * first.
     */
    static long hash(long k0, long k1, long head, String tail, int kind) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        int last = 1 + tail.length() / 4;
        for (int step = 0; step <= last + 3; step++) {
            long word = step == 0 ? head : step <= last ? word(tail, step - 1, kind) : 0;
            if (step == last + 1) {
                v2 ^= 0xff;
            }
            v3 ^= word;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** Four characters, or the rest of them with the kind and the message's length, which end it. */
    private static long word(String tail, int index, int kind) {
        int from = 4 * index;
        int length = tail.length();
        int characters = Math.min(4, length - from);
        long word = 0;
        for (int i = 0; i < characters; i++) {
            word |= (long) tail.charAt(from + i) << (16 * i);
        }
        if (characters < 4) {
            word |= ((long) kind << (16 * characters)) | ((long) (9 + 2 * length) << 56);
        }
        return word;
    }
}
