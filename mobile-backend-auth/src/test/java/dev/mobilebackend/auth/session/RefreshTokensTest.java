// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.secret.ServerSecret;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RefreshTokensTest {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final RefreshTokens tokens = new RefreshTokens(ServerSecret.of(new byte[32]));
    private final String session = RefreshTokens.sessionId(new byte[16]);

    @Property
    void aTokenIsReadBackAndIsTheSameEachTime(@ForAll @Size(16) byte[] id, @ForAll @IntRange(min = 0) int counter) {
        String sessionId = RefreshTokens.sessionId(id);

        RefreshToken token = tokens.mint(sessionId, counter);

        RefreshToken read = tokens.verify(token.text()).orElseThrow();
        assertEquals(sessionId, read.sessionId());
        assertEquals(counter, read.counter());
        assertEquals(token.text(), tokens.mint(sessionId, counter).text());
    }

    @Test
    void noOtherSpellingOfATokenIsTaken() {
        String text = tokens.mint(session, 7).text();

        for (int i = 0; i < text.length(); i++) {
            for (char c : ALPHABET.toCharArray()) {
                if (c != text.charAt(i)) {
                    String other = text.substring(0, i) + c + text.substring(i + 1);
                    assertFalse(tokens.verify(other).isPresent(), other);
                }
            }
        }
        for (String other : new String[] {"", text + "=", text + "A", " " + text, text + "\n", text.substring(1)}) {
            assertFalse(tokens.verify(other).isPresent(), other);
        }
    }

    @Test
    void aTokenOfAnotherFormatVersionIsNotTaken() {
        byte[] bytes = Base64.getUrlDecoder().decode(tokens.mint(session, 7).text());
        bytes[0] = 2;

        assertFalse(tokens.verify(Base64.getUrlEncoder().encodeToString(bytes)).isPresent());
    }

    @Test
    void aTokenIsTakenUnderEachAcceptedSecretAndMadeUnderTheCurrentOne() {
        byte[] fresh = new byte[32];
        fresh[0] = 1;
        var changed = new RefreshTokens(ServerSecret.of(fresh, new byte[32]));
        var replaced = new RefreshTokens(ServerSecret.of(fresh));
        String before = tokens.mint(session, 7).text();

        String after = changed.mint(session, 8).text();

        assertTrue(changed.verify(before).isPresent());
        assertTrue(changed.verify(after).isPresent());
        assertTrue(replaced.verify(after).isPresent());
        assertFalse(replaced.verify(before).isPresent());
        assertFalse(tokens.verify(after).isPresent());
    }

    @Test
    void everySessionHasAKeyOfItsOwn() {
        byte[] other = new byte[16];
        other[15] = 1;

        String one = tokens.mint(session, 7).text();
        String two = tokens.mint(RefreshTokens.sessionId(other), 7).text();

        assertNotEquals(one.substring(28), two.substring(28));
    }

    @Test
    void theSecretPartIsNotPrinted() {
        RefreshToken token = tokens.mint(session, 7);

        String printed = new RefreshDecision.Rotated(null, token).toString();

        assertFalse(printed.contains(token.text()));
        assertFalse(printed.contains(token.text().substring(28)));
        assertTrue(printed.contains(session));
    }
}
