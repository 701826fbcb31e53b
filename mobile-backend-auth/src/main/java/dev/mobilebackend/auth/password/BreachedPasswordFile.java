// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Breached passwords in a file of two bytes each, made once by {@link #build} from the list that Have I Been Pwned
 * gives away, and asked without a network. It answers yes for every password of the list, and for at most about one in
 * a thousand of all others: then a person is asked for another one without need. Thread safe.
 *
 * <pre>{@code
 * BreachedPasswordFile.build(Path.of("pwned-passwords-sha1.txt"), 10, Path.of("breached.mbpw"));
 * BreachedPasswords breached = BreachedPasswordFile.open(Path.of("breached.mbpw"));
 * }</pre>
 *
 * The file is mapped and so costs memory only where it is looked at. To replace it, move another one into its place.
 *
 * <p>Its form, all numbers big-endian: {@code MBPW}, one byte 1, one byte B, two bytes 0, the count of passwords in 8
 * bytes; then 2^B + 1 numbers of 4 bytes, of which the one at i says how many passwords have a SHA-1 whose first B bits
 * are less than i; then for each password, in order, the 16 bits of its SHA-1 that follow the first B.
 */
public final class BreachedPasswordFile implements BreachedPasswords {

    static final int HEAD_BYTES = 16;
    static final int MAGIC = 0x4d425057;
    static final int VERSION = 1;
    static final int ENTRY_BYTES = 2;
    static final int MOST_BITS = 24;

    private static final int PART_BITS = 30;

    /** No mapping is larger than 2 GiB. */
    private final MappedByteBuffer[] parts;

    private final int bits;

    private BreachedPasswordFile(MappedByteBuffer[] parts, int bits) {
        this.parts = parts;
        this.bits = bits;
    }

    /**
     * A file that was {@link #build built}.
     *
     * @throws IllegalArgumentException if it is something else, or not whole
     */
    public static BreachedPasswordFile open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // reads on
            }
            head.flip();
            boolean ours = head.remaining() == HEAD_BYTES && head.getInt() == MAGIC && head.get() == VERSION;
            int bits = ours ? head.get() : -1;
            if (bits < 0 || bits > MOST_BITS || channel.size() != size(bits, head.getLong(8))) {
                throw notBuilt(file, channel.size());
            }
            var parts = new MappedByteBuffer[(int) ((channel.size() - 1) >> PART_BITS) + 1];
            for (int i = 0; i < parts.length; i++) {
                long start = (long) i << PART_BITS;
                parts[i] = channel.map(MapMode.READ_ONLY, start, Math.min(1L << PART_BITS, channel.size() - start));
            }
            var opened = new BreachedPasswordFile(parts, bits);
            if (!opened.isCounted(head.getLong(8))) {
                throw notBuilt(file, channel.size());
            }
            return opened;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("could not read " + file, unreadable);
        }
    }

    private static IllegalArgumentException notBuilt(Path file, long size) {
        return new IllegalArgumentException(file + " must be a whole file that BreachedPasswordFile.build made,"
                + " was something else of " + size + " bytes");
    }

    /** Whether its numbers go up from none to all passwords, or a password would be looked for outside of it. */
    private boolean isCounted(long passwords) {
        long before = 0;
        for (long i = 0; i <= 1L << bits; i++) {
            long upTo = count(HEAD_BYTES + 4 * i);
            if (upTo < before) {
                return false;
            }
            before = upTo;
        }
        return before == passwords;
    }

    /**
     * Makes the file. Reads the list twice and holds 64 MB at most, however long the list is.
     *
     * @param list a line for each password, its SHA-1 in hexadecimal, a colon and how often it was seen; in order
     * @param leastSeen passwords that were seen less often are left out: 1 keeps all
     * @param file to make or replace, once it is whole
     * @return how many passwords are in it
     * @throws IllegalArgumentException if a line is malformed or out of order
     */
    public static long build(Path list, int leastSeen, Path file) {
        try {
            return new BreachedPasswordList(list, leastSeen).writeTo(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("could not make " + file + " from " + list, failed);
        }
    }

    @Override
    public boolean contains(char[] password) {
        long first = firstBits(Sha1.of(password), bits);
        int prefix = (int) (first >>> 16);
        int entry = (int) (first & 0xffff);
        long index = HEAD_BYTES + 4L * prefix;
        long start = count(index);
        long end = count(index + 4);
        long entries = size(bits, 0);
        for (long i = start; i < end; i++) {
            int there = (unsigned(entries + ENTRY_BYTES * i) << 8) | unsigned(entries + ENTRY_BYTES * i + 1);
            if (there >= entry) {
                return there == entry;
            }
        }
        return false;
    }

    /** The first bits of a SHA-1 that a file of so many bits tells apart: those of its index and of an entry. */
    static long firstBits(byte[] sha1, int bits) {
        return ByteBuffer.wrap(sha1).getLong() >>> (Long.SIZE - bits - Short.SIZE);
    }

    static long size(int bits, long passwords) {
        return HEAD_BYTES + 4L * ((1L << bits) + 1) + ENTRY_BYTES * passwords;
    }

    private long count(long at) {
        return ((long) unsigned(at) << 24) | (unsigned(at + 1) << 16) | (unsigned(at + 2) << 8) | unsigned(at + 3);
    }

    private int unsigned(long at) {
        return parts[(int) (at >> PART_BITS)].get((int) (at & ((1 << PART_BITS) - 1))) & 0xff;
    }
}
