// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsPolicyTest {

    @Test
    void listsWebOriginsAndThoseOfWebViews() {
        CorsPolicy policy = CorsPolicy.allow("https://app.example.com:8443", "capacitor://localhost");

        assertEquals(Set.of("https://app.example.com:8443", "capacitor://localhost"), policy.origins());
    }

    @Test
    void listsTheFieldsOfProofsAndChallenges() {
        CorsPolicy policy = CorsPolicy.allow("https://app.example.com");

        assertTrue(policy.requestHeaders().containsAll(List.of("Authorization", "DPoP", "Refresh-Proof")));
        assertTrue(policy.exposedHeaders().containsAll(List.of("DPoP-Nonce", "WWW-Authenticate")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "",
                "app.example.com",
                "https://app.example.com/",
                "https://App.example.com",
                "https://a/b",
                "https://*.example.com",
                "https://user@app.example.com",
                "https://",
                "https://a b",
                "https://a?x",
                "https://a#x",
                "https://a.example:443",
                "http://a.example:80"
            })
    void refusesWhatIsNotOneExactOrigin(String origin) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> CorsPolicy.allow(origin));

        assertTrue(refusal.getMessage().contains("'" + origin + "'"), refusal.getMessage());
    }
}
