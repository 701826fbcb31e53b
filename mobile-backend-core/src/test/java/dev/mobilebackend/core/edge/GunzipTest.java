// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import javax.management.ObjectName;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GunzipTest {

    private static final int MANY = 2_000;

    @Property(tries = 200)
    void readsWhateverHeadThereMayBe(
            @ForAll @Size(max = 300) byte[] plain,
            @ForAll @IntRange(max = 31) int flags,
            @ForAll @Size(max = 300) byte[] extra)
            throws IOException {
        byte[] coded = member(plain, flags, extra);

        assertArrayEquals(plain, open(coded).readAllBytes());
        assertArrayEquals(plain, new GZIPInputStream(new ByteArrayInputStream(coded)).readAllBytes());
    }

    @Property(tries = 200)
    void readsMembersOneAfterTheOther(@ForAll @Size(max = 300) byte[] first, @ForAll @Size(max = 300) byte[] second)
            throws IOException {
        byte[] both = concat(member(first, 0, new byte[0]), member(second, 0, new byte[0]));

        assertArrayEquals(concat(first, second), open(both).readAllBytes());
    }

    @Test
    void readsAMemberThatArrivesLater() throws IOException {
        byte[] plain = {1, 2, 3};
        byte[] one = member(plain, 0, new byte[0]);
        var slow = new SequenceInputStream(arriving(one), arriving(one));

        assertArrayEquals(concat(plain, plain), Gunzip.open(slow, 512).readAllBytes());
    }

    /** Of which nothing can be had without waiting. */
    private static InputStream arriving(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    @Property(tries = 500)
    void refusesWhatFollowsTheLastMember(
            @ForAll @Size(max = 600) byte[] plain, @ForAll @Size(min = 1, max = 40) byte[] garbage) throws IOException {
        byte[] behind = garbage.clone();
        behind[0] = 0;
        InputStream in = open(concat(member(plain, 0, new byte[0]), behind));

        assertThrows(ZipException.class, in::readAllBytes);
    }

    /** Wherever the trailer lies in the buffer that it is read by. */
    @Property(tries = 500)
    void endsWhereverTheBufferDoes(
            @ForAll @Size(max = 600) byte[] plain, @ForAll @IntRange(min = 1, max = 64) int buffer) throws IOException {
        byte[] coded = member(plain, 0, new byte[0]);

        assertArrayEquals(
                plain, Gunzip.open(new ByteArrayInputStream(coded), buffer).readAllBytes());
        InputStream in = Gunzip.open(new ByteArrayInputStream(concat(coded, new byte[] {1})), buffer);
        assertThrows(ZipException.class, in::readAllBytes);
    }

    @Property(tries = 500)
    void refusesWhatIsNoHead(@ForAll @Size(max = 40) byte[] anything) {
        byte[] coded = Arrays.copyOf(anything, anything.length);
        if (coded.length > 0) {
            coded[0] = 0;
        }

        assertThrows(IOException.class, () -> open(coded));
    }

    @Test
    void refusesAHeadThatEndsAnywhere() throws IOException {
        byte[] coded = member(new byte[10], 31, new byte[] {1, 2, 3});
        int head = coded.length - member(new byte[10], 0, new byte[0]).length + 10;

        for (int length = 0; length < head; length++) {
            byte[] cut = Arrays.copyOf(coded, length);
            assertThrows(IOException.class, () -> open(cut));
        }
        open(Arrays.copyOf(coded, head)).close();
    }

    @Test
    void makesNoInflaterForABadHead() throws Exception {
        long before = inflaters();

        for (int i = 0; i < MANY; i++) {
            assertThrows(IOException.class, () -> open(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0, 'a'}));
        }

        long left = inflaters() - before;
        assertTrue(left < MANY / 10, () -> left + " inflaters are left of " + MANY + " bad heads");
    }

    private static InputStream open(byte[] coded) throws IOException {
        return Gunzip.open(new ByteArrayInputStream(coded), 512);
    }

    /** All that are on the heap, reachable or not. */
    private static long inflaters() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[] {"-all"}},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(line -> line.length > 3 && line[3].equals("java.util.zip.Inflater"))
                .mapToLong(line -> Long.parseLong(line[1]))
                .sum();
    }

    /** One member with every part of the head that its flags name (RFC 1952 section 2.3.1). */
    private static byte[] member(byte[] plain, int flags, byte[] extra) throws IOException {
        var usual = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(usual)) {
            gzip.write(plain);
        }
        var head = new ByteArrayOutputStream();
        head.write(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
        if ((flags & 4) != 0) {
            head.write(extra.length);
            head.write(extra.length >> 8);
            head.write(extra);
        }
        if ((flags & 8) != 0) {
            head.write(new byte[] {'n', 'a', 'm', 'e', 0});
        }
        if ((flags & 16) != 0) {
            head.write(0);
        }
        if ((flags & 2) != 0) {
            var checksum = new CRC32();
            checksum.update(head.toByteArray());
            head.write((int) checksum.getValue());
            head.write((int) checksum.getValue() >> 8);
        }
        byte[] rest = usual.toByteArray();
        return concat(head.toByteArray(), Arrays.copyOfRange(rest, 10, rest.length));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
