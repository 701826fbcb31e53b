// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.Curve;
import dev.mobilebackend.auth.Outbound;
import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.ProblemException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each forgery differs in one thing from a token that is taken, see {@link #theForgeMakesGoodTokens}. */
class TokenForgeryTest {

    private static final Caller ALICE = new Caller("account-1", "session-1", Set.of("buyer"));
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final TestClock clock = new TestClock();
    private final KeyRing keys =
            KeyRing.builder(new InMemoryKeyStore()).clock(clock).build();
    private final AccessTokens tokens = AccessTokens.builder(
                    AccessTokenPolicy.of("https://api.shop.example", "shop"), keys)
            .clock(clock)
            .build();
    private final SigningKey key = keys.current();
    private final TokenForge forge = new TokenForge(key);
    private final String header = TokenForge.header("ES256", key.id());
    private final long now = clock.instant().getEpochSecond();
    private final String payload = TokenForge.payload(clock.instant());

    private Outbound outbound;

    @BeforeEach
    void listen() {
        outbound = Outbound.listen();
    }

    @AfterEach
    void nobodyWasCalled() {
        outbound.close();
        assertEquals(List.of(), outbound.calls());
    }

    @Test
    void theForgeMakesGoodTokens() {
        assertEquals(ALICE, tokens.verify(forge.sign(header, payload)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'alg':'none','typ':'at+jwt','kid':'KID'}",
                "{'alg':'None','typ':'at+jwt','kid':'KID'}",
                "{'alg':'HS256','typ':'at+jwt','kid':'KID'}",
                "{'alg':'RS256','typ':'at+jwt','kid':'KID'}",
                "{'alg':'ES384','typ':'at+jwt','kid':'KID'}",
                "{'alg':'es256','typ':'at+jwt','kid':'KID'}",
                "{'alg':'ES256','alg':'none','typ':'at+jwt','kid':'KID'}",
                "{'alg':['ES256'],'typ':'at+jwt','kid':'KID'}",
                "{'alg':null,'typ':'at+jwt','kid':'KID'}",
                "{'typ':'at+jwt','kid':'KID'}",
                "{'alg':'ES256','typ':'JWT','kid':'KID'}",
                "{'alg':'ES256','typ':'AT+JWT','kid':'KID'}",
                "{'alg':'ES256','typ':'id+jwt','kid':'KID'}",
                "{'alg':'ES256','kid':'KID'}",
                "{'alg':'ES256','typ':'at+jwt'}",
                "{'alg':'ES256','typ':'at+jwt','kid':''}",
                "{'alg':'ES256','typ':'at+jwt','kid':'}",
                "{'alg':'ES256','typ':'at+jwt','kid':null}",
                "{'alg':'ES256','typ':'at+jwt','kid':'another'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'../KID'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','crit':['exp']}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','b64':false,'crit':['b64']}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','zip':'DEF'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','cty':'JWT'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','jku':'http://127.0.0.1:1/jwks'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','x5u':'http://127.0.0.1:1/cert'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID','jwk':{'kty':'EC'}}",
                "{'kid':'KID','alg':'ES256','typ':'at+jwt'}",
                "{'alg':'ES256', 'typ':'at+jwt', 'kid':'KID'}",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID'} ",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID']",
                "{'alg':'ES256','typ':'at+jwt','kid':'KID'",
                "[]",
                "",
            })
    void aHeaderThatWeDoNotWriteIsRefusedWhateverItsSignature(String unusual) {
        String forgedHeader = unusual.replace('\'', '"').replace("KID", key.id());

        assertRefused(forge.sign(forgedHeader, payload));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'iss':'https://api.shop.example'>'iss':'https://evil.example'",
                "'iss':'https://api.shop.example',>",
                "'iss':'https://api.shop.example'>'iss':null",
                "'aud':'shop'>'aud':'bank'",
                "'aud':'shop'>'aud':['bank','shops']",
                "'aud':'shop'>'aud':[]",
                "'aud':'shop',>",
                "'sub':'account-1',>",
                "'sub':'account-1'>'sub':null",
                "'sid':'session-1',>",
                "'sid':'session-1'>'sid':7",
                "'roles':['buyer'],>",
                "'roles':['buyer']>'roles':'admin'",
                "'roles':['buyer']>'roles':[null]",
                "'roles':['buyer']>'roles':[1]",
                ",'jti':'1'>",
                "'exp':EXP,>",
                "'exp':EXP>'exp':'EXP'",
                "'exp':EXP>'exp':0",
                "'exp':EXP>'exp':-1",
                "'exp':EXP>'exp':null",
                "'iat':IAT,>",
                "'iat':IAT>'iat':EXP",
                "'iat':IAT>'iat':'IAT'",
                "'jti':'1'>'jti':'1','nbf':EXP",
                "}>",
            })
    void claimsThatAreNotForHereAndNowAreRefusedWhateverTheirSignature(String change) {
        String[] parts = fill(change).split(">", -1);
        String forgedPayload = payload.replace(parts[0], parts[1]);

        assertRefused(forge.sign(header, forgedPayload));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"text\"", "{", "{}", "\u0000"})
    void aPayloadThatIsNoClaimsIsRefused(String forgedPayload) {
        assertRefused(forge.sign(header, forgedPayload));
    }

    @Test
    void anUnsignedTokenIsRefused() {
        String body = TokenForge.encode("{\"alg\":\"none\"}") + "." + TokenForge.encode(payload);
        String ours = TokenForge.encode(header) + "." + TokenForge.encode(payload);

        for (String unsigned : List.of(body, body + ".", ours, ours + ".", ours + ".AA", ours + ".null")) {
            assertRefused(unsigned);
        }
    }

    @Test
    void otherSpellingsOfAGoodTokenAreRefused() throws Exception {
        String token = forge.sign(header, payload);
        String[] parts = token.split("\\.");
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        String s = HexFormat.of().formatHex(signature, 32, 64);
        BigInteger twin = Curve.P_256.toECParameterSpec().getOrder().subtract(new BigInteger(s, 16));
        byte[] twinSignature =
                HexFormat.of().parseHex(HexFormat.of().formatHex(signature, 0, 32) + "%064x".formatted(twin));
        String unsigned = parts[0] + "." + parts[1] + ".";

        for (String spelling : List.of(
                token + "=",
                token + "==",
                token + "\n",
                " " + token,
                token + ".",
                token + "." + parts[2],
                "." + token,
                parts[0] + "=." + parts[1] + "." + parts[2],
                parts[0] + ".." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "\r\n." + parts[2],
                parts[0] + "." + parts[1] + "==." + parts[2],
                unsigned + TokenForge.encode(twinSignature),
                unsigned + TokenForge.encode(ECDSA.transcodeSignatureToDER(signature)),
                unsigned + TokenForge.encode(new byte[64]),
                unsigned + TokenForge.encode(new byte[65]),
                unsigned + parts[2] + parts[2],
                "Bearer " + token,
                "",
                ".",
                "..",
                "...",
                "\ud83d\udc36.\ud83d\udc36.\ud83d\udc36")) {
            assertRefused(spelling);
        }
        assertEquals(ALICE, tokens.verify(token));
    }

    /** The last character of a part has bits to spare: 4 after the signature's 64 bytes, 2 or 4 or none elsewhere. */
    @Test
    void everyOtherLastCharacterOfEachPartIsRefused() {
        for (String spaces : List.of("", " ", "  ")) {
            String token = forge.sign(header, payload.replace("{", "{" + spaces));
            assertEquals(ALICE, tokens.verify(token));
            for (int end : List.of(token.indexOf('.'), token.lastIndexOf('.'), token.length())) {
                for (char c : ALPHABET.toCharArray()) {
                    if (c != token.charAt(end - 1)) {
                        assertRefused(replaced(token, end - 1, c));
                    }
                }
            }
        }
    }

    /** The same tricks where the signature covers the odd spelling itself. */
    @Test
    void anOddSpellingUnderAGoodSignatureIsRefused() {
        String body = TokenForge.encode(header) + "." + TokenForge.encode(payload);
        String padded = Base64.getUrlEncoder().encodeToString(header.getBytes(StandardCharsets.US_ASCII)) + "=."
                + TokenForge.encode(payload);
        String standardAlphabet = TokenForge.encode(header) + "."
                + TokenForge.encode(payload.replace("account-1", "\u00fb\u00ff\u00fe>?~"))
                        .replace('-', '+')
                        .replace('_', '/');

        assertEquals(ALICE, tokens.verify(forge.signText(body)));
        assertRefused(forge.signText(body + "="));
        assertRefused(forge.signText(padded));
        assertRefused(forge.signText(standardAlphabet));
    }

    @Test
    void aTokenLongerThanAnyWeIssueIsRefusedUnread() {
        String big = payload.replace("account-1", "a".repeat(4_000));
        long before = tokens.signatureChecks();

        assertRefused(forge.sign(header, big));
        assertRefused("a".repeat(1 << 20));
        assertRefused(".".repeat(1 << 20));

        assertEquals(before, tokens.signatureChecks());
    }

    @Property(tries = 300)
    void noTruncatedTokenIsTaken(@ForAll @IntRange(min = 0, max = 2_000) int length) {
        String token = tokens.issue(ALICE).token();

        assertRefused(token.substring(0, length % token.length()));
    }

    @Property(tries = 500)
    void noTokenWithAnyCharacterChangedIsTaken(
            @ForAll @IntRange(min = 0, max = 2_000) int position,
            @ForAll @CharRange(from = '!', to = '~') char character) {
        String token = tokens.issue(ALICE).token();
        int index = position % token.length();
        char other = character == token.charAt(index) ? (character == '!' ? '~' : '!') : character;

        assertRefused(replaced(token, index, other));
    }

    private void assertRefused(String token) {
        var refusal = assertThrows(ProblemException.class, () -> tokens.verify(token), token);
        assertEquals(401, refusal.problem().status());
    }

    private String fill(String change) {
        return change.replace('\'', '"')
                .replace("EXP", Long.toString(now + 600))
                .replace("IAT", Long.toString(now));
    }

    private static String replaced(String token, int index, char c) {
        return token.substring(0, index) + c + token.substring(index + 1);
    }
}
