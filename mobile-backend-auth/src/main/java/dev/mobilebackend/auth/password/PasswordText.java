// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * A password as it is hashed: normalised by NFKC (NIST SP 800-63B-4 section 3.1.1.2), so that the same word typed on
 * two keyboards is the same password, then UTF-8.
 */
final class PasswordText {

    private static final int MOST_BYTES_A_CHAR = 3;

    private PasswordText() {}

    /** The bytes to hash; whoever called wipes them. */
    static byte[] utf8(char[] password) {
        return encoded(normalised(password));
    }

    /** The bytes that systems hash which do not normalise; whoever called wipes them. */
    static byte[] asTyped(char[] password) {
        return encoded(CharBuffer.wrap(password));
    }

    /** Code points after normalisation. */
    static int length(char[] password) {
        CharBuffer text = normalised(password);
        return Character.codePointCount(text, 0, text.length());
    }

    /** The first characters after normalisation, at most so many; whoever called wipes them. */
    static char[] head(char[] password, int most) {
        CharBuffer text = normalised(password);
        char[] head = new char[Math.min(most, text.length())];
        text.duplicate().get(head);
        return head;
    }

    /** Without a surrogate that stands alone, which UTF-8 cannot say. */
    static boolean isWellFormed(char[] password) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(CharBuffer.wrap(password));
    }

    private static byte[] encoded(CharBuffer text) {
        byte[] room = new byte[MOST_BYTES_A_CHAR * text.length()];
        ByteBuffer encoded = ByteBuffer.wrap(room);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(text, encoded, true);
        byte[] bytes = Arrays.copyOf(room, encoded.position());
        Arrays.fill(room, (byte) 0);
        return bytes;
    }

    /** Plain ASCII, the usual case, is its own normal form and leaves no copy behind that nobody can wipe. */
    private static CharBuffer normalised(char[] password) {
        CharBuffer text = CharBuffer.wrap(password);
        return Normalizer.isNormalized(text, Normalizer.Form.NFKC)
                ? text
                : CharBuffer.wrap(Normalizer.normalize(text, Normalizer.Form.NFKC));
    }
}
