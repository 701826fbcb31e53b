// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;

/** A list of SHA-1s in order, with how often each was seen, on its way to a {@link BreachedPasswordFile}. */
final class BreachedPasswordList {

    /** Of so many entries behind one number of the index, a password that is not listed meets its own once in 1,024. */
    private static final int ENTRIES_A_NUMBER = 64;

    private static final int DIGITS = 2 * Sha1.BYTES;

    private interface Listed {
        void take(byte[] sha1) throws IOException;
    }

    private final Path list;
    private final int leastSeen;

    BreachedPasswordList(Path list, int leastSeen) {
        if (leastSeen < 1) {
            throw new IllegalArgumentException("leastSeen must be at least 1, was " + leastSeen);
        }
        this.list = list;
        this.leastSeen = leastSeen;
    }

    /** Written aside and moved into place, so that nobody opens half of it. */
    long writeTo(Path file) throws IOException {
        long count = read(sha1 -> {});
        if (count == 0 || count >= 1L << Integer.SIZE) {
            throw new IllegalArgumentException(list + " must have 1 to 2^32 - 1 passwords that were seen " + leastSeen
                    + " times or more, had " + count);
        }
        int bits = bits(count);
        Path aside = Files.createTempFile(file.toAbsolutePath().getParent(), "breached", ".new");
        try {
            write(aside, bits, count);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
        return count;
    }

    private static int bits(long count) {
        int bits = 0;
        while (bits < BreachedPasswordFile.MOST_BITS && count >> bits > ENTRIES_A_NUMBER) {
            bits++;
        }
        return bits;
    }

    private void write(Path file, int bits, long count) throws IOException {
        int[] upTo = new int[(1 << bits) + 1];
        try (var target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(BreachedPasswordFile.size(bits, 0));
            var entries = new BufferedOutputStream(Channels.newOutputStream(target.getChannel()), 1 << 16);
            read(sha1 -> {
                long first = BreachedPasswordFile.firstBits(sha1, bits);
                upTo[(int) (first >>> Short.SIZE) + 1]++;
                entries.write((int) (first >>> Byte.SIZE));
                entries.write((int) first);
            });
            entries.flush();
            target.seek(0);
            var head = new DataOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(target.getChannel()), 1 << 16));
            head.writeInt(BreachedPasswordFile.MAGIC);
            head.writeByte(BreachedPasswordFile.VERSION);
            head.writeByte(bits);
            head.writeShort(0);
            head.writeLong(count);
            int before = 0;
            for (int own : upTo) {
                before += own;
                head.writeInt(before);
            }
            head.flush();
        }
    }

    /** Hands on those that were seen often enough, and counts them. */
    private long read(Listed listed) throws IOException {
        long count = 0;
        String before = "";
        try (BufferedReader lines = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            long number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
                if (line.isBlank()) {
                    continue;
                }
                String digits = digits(line, number);
                if (digits.compareTo(before) < 0) {
                    throw new IllegalArgumentException("line " + number + " of " + list
                            + " is out of order: sort it first, such as by LC_ALL=C sort");
                }
                before = digits;
                if (seen(line, number) >= leastSeen) {
                    listed.take(HexFormat.of().parseHex(digits));
                    count++;
                }
            }
        }
        return count;
    }

    private String digits(String line, long number) {
        if (line.length() < DIGITS || !line.chars().limit(DIGITS).allMatch(HexFormat::isHexDigit)) {
            throw malformed(number);
        }
        return line.substring(0, DIGITS);
    }

    private long seen(String line, long number) {
        if (line.length() == DIGITS) {
            return 1;
        }
        try {
            if (line.charAt(DIGITS) == ':') {
                return Long.parseLong(line.substring(DIGITS + 1).strip());
            }
        } catch (NumberFormatException notANumber) {
            throw malformed(number);
        }
        throw malformed(number);
    }

    private IllegalArgumentException malformed(long number) {
        return new IllegalArgumentException("line " + number + " of " + list
                + " must be a SHA-1 of 40 hexadecimal digits, a colon and how often it was seen");
    }
}
