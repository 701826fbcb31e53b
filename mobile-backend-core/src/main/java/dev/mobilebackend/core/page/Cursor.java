// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Cursors as text: the key of a row, with 128 bits of HMAC-SHA256 over it and over what list and whose it belongs to. A
 * client can neither forge one nor use it on another list.
 */
final class Cursor {

    private static final int VERSION = 1;
    private static final int MAC_BYTES = 16;
    private static final int LONGEST = 4_000;
    private static final byte[] END_OF_LIST = {0};

    private static final Problem INVALID = Problem.of(400, "invalid-cursor", "The cursor is not one of this list.");

    private final List<HmacSha256> keys;

    /** Cursors under the first of some keys; those under the others are read as well. */
    Cursor(List<byte[]> keys) {
        this.keys = keys.stream().map(HmacSha256::of).toList();
    }

    /** Values may be {@code Long}, {@code String} and {@code Instant}. */
    String write(String list, List<Object> values) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(values.size());
            for (Object value : values) {
                writeValue(out, value);
            }
        } catch (IOException impossible) {
            throw new AssertionError("memory can be written to", impossible);
        }
        bytes.writeBytes(mac(keys.get(0), list, bytes.toByteArray()));
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("the key of a page must make a cursor of up to " + LONGEST
                    + " characters, made " + text.length() + ": order by shorter columns");
        }
        return text;
    }

    List<Object> read(String list, String text) {
        if (text.length() > LONGEST) {
            throw invalid();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            throw invalid();
        }
        int length = bytes.length - MAC_BYTES;
        if (length < 2 || !isOurs(list, bytes, length) || bytes[0] != VERSION) {
            throw invalid();
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 1, length - 1))) {
            int count = in.readUnsignedByte();
            var values = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                values.add(readValue(in));
            }
            return values;
        } catch (IOException ours) {
            throw new IllegalStateException("a cursor with our signature could not be read", ours);
        }
    }

    private static void writeValue(DataOutputStream out, Object value) throws IOException {
        if (value instanceof Long number) {
            out.writeByte('n');
            out.writeLong(number);
        } else if (value instanceof String string) {
            out.writeByte('s');
            out.writeUTF(string);
        } else if (value instanceof Instant instant) {
            out.writeByte('t');
            out.writeLong(instant.getEpochSecond());
            out.writeInt(instant.getNano());
        } else {
            throw new IllegalArgumentException("a page's key must be made of Long, String or Instant, was "
                    + value.getClass().getSimpleName());
        }
    }

    private static Object readValue(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        return switch (type) {
            case 'n' -> in.readLong();
            case 's' -> in.readUTF();
            case 't' -> Instant.ofEpochSecond(in.readLong(), in.readInt());
            default -> throw new IOException("no value has the type " + type);
        };
    }

    private boolean isOurs(String list, byte[] bytes, int length) {
        byte[] values = Arrays.copyOf(bytes, length);
        byte[] presented = Arrays.copyOfRange(bytes, length, bytes.length);
        return keys.stream().anyMatch(key -> MessageDigest.isEqual(mac(key, list, values), presented));
    }

    private static byte[] mac(HmacSha256 key, String list, byte[] values) {
        return Arrays.copyOf(key.tag(list.getBytes(StandardCharsets.UTF_8), END_OF_LIST, values), MAC_BYTES);
    }

    private static RuntimeException invalid() {
        return INVALID.detail("leave cursor out to start from the first page")
                .error("query:cursor", "the nextCursor of a page of this list")
                .exception();
    }
}
