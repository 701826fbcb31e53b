// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.ProblemException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6750 section 2.1 and RFC 9110 section 11.1: the scheme in any case, spaces, and the token. */
class AuthorizationFieldTest {

    private static final Caller ALICE = new Caller("account-1", "session-1", Set.of("buyer"));

    private final TestClock clock = new TestClock();
    private final AccessTokens tokens = AccessTokens.builder(
                    AccessTokenPolicy.of("https://api.shop.example", "shop"),
                    KeyRing.builder(new InMemoryKeyStore()).clock(clock).build())
            .clock(clock)
            .build();
    private final String token = tokens.issue(ALICE).token();

    @ParameterizedTest
    @ValueSource(strings = {"Bearer TOKEN", "bearer TOKEN", "BEARER TOKEN", "bEaReR TOKEN", "Bearer    TOKEN"})
    void theSchemeMayStandInAnyCaseWithSpacesAfterIt(String field) {
        assertEquals(ALICE, tokens.verifyField(field.replace("TOKEN", token)));
    }

    @Test
    void howTheSchemeIsSpelledNeedsNoFurtherSignatureCheckOrMemory() {
        for (String scheme : new String[] {"Bearer ", "bearer ", "BEARER   ", "Bearer "}) {
            tokens.verifyField(scheme + token);
        }

        assertEquals(1, tokens.signatureChecks());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer \tTOKEN",
                "Bearer \u00a0TOKEN",
                "Bearer \u2003TOKEN",
                "Bearer \u200bTOKEN",
                "Bearer TOKEN ",
                "Bearer  \tTOKEN",
                "bearer \tTOKEN",
                "bearer TOKEN\t",
                "bearer TOKEN\u3000",
                "Bearer TOKEN\t",
                "Bearer TOKEN\u0000",
                "Bearer TOKEN\r\n",
                "Bearer TOKEN\u3000",
                "Bearer TOKEN,",
                "Bearer TOKEN, Bearer TOKEN",
                "Bearer TOKEN,TOKEN",
                "Bearer TOKEN TOKEN",
                "Bearer Bearer TOKEN",
                "Bearer \"TOKEN\"",
                "Bearer token=TOKEN",
                "Bearer TOKEN=",
                "Bearer TOKEN==",
                "Bearer %TOKEN",
                "Bearer ",
                "Bearer  ",
                "Bearer null",
                "Bearer undefined",
            })
    void whatIsNotOneTokenIsRefused(String field) {
        tokens.verifyField("Bearer " + token);

        assertEquals("token-invalid", refusal(field.replace("TOKEN", token)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "TOKEN",
                " Bearer TOKEN",
                "Bearer\tTOKEN",
                "Bearer\u00a0TOKEN",
                "BearerTOKEN",
                "Bearer:TOKEN",
                "\uff22earer TOKEN",
                "Be\u0430rer TOKEN",
                "Bearer\u0301 TOKEN",
                "DPoP TOKEN",
                "Basic TOKEN",
                "Token TOKEN",
                "JWT TOKEN",
            })
    void anotherSchemeIsRefused(String field) {
        tokens.verifyField("Bearer " + token);

        assertEquals("unauthenticated", refusal(field.replace("TOKEN", token)));
    }

    /** What is remembered by the whole field must not be found by a text that only looks like it. */
    @Test
    void aBareTokenWithASchemeBeforeItIsRefused() {
        tokens.verifyField("Bearer " + token);

        assertThrows(ProblemException.class, () -> tokens.verify("Bearer " + token));
        assertThrows(ProblemException.class, () -> tokens.verifyBound("Bearer " + token));
    }

    private String refusal(String field) {
        return assertThrows(ProblemException.class, () -> tokens.verifyField(field))
                .problem()
                .code();
    }
}
