// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.Desk;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.RequestFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OriginTest {

    private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
    private static final EmailAddress ADA = EmailAddress.parse("ada@example.org");
    private static final String PASSWORD = "correct horse battery";
    private static final String STRANGERS = "the stranger's password";
    private static final RequestFacts OWNER = request("192.0.2.1", null);
    private static final RequestFacts STRANGER = request("198.51.100.7", null);

    private final Desk desk = new Desk();
    private final Accounts accounts = desk.accounts;

    @Test
    void withoutADeviceAStrangersLaterSignUpElsewhereDoesNotReplaceTheOwners() {
        String ownersCode = signUp(PASSWORD, OWNER);
        String strangersCode = signUp(STRANGERS, STRANGER);

        assertEquals(Optional.empty(), verify(strangersCode, OWNER));
        assertTrue(verify(ownersCode, OWNER).isPresent());

        assertOnlyTheOwnersPasswordSignsIn();
    }

    @Test
    void withoutADeviceAStrangersEarlierSignUpElsewhereIsNotConfirmedByTheOwner() {
        String strangersCode = signUp(STRANGERS, STRANGER);
        String ownersCode = signUp(PASSWORD, OWNER);

        assertEquals(Optional.empty(), verify(strangersCode, OWNER));
        assertEquals(Optional.empty(), verify(ownersCode, STRANGER));
        assertTrue(verify(ownersCode, OWNER).isPresent());

        assertOnlyTheOwnersPasswordSignsIn();
    }

    @Test
    void aDeviceMayMoveToAnotherNetworkBeforeItsCodeIsTyped() {
        String code = signUp(PASSWORD, request("192.0.2.1", "phone"));

        assertEquals(Optional.empty(), verify(code, OWNER));
        assertTrue(verify(code, request("198.51.100.7", "phone")).isPresent());
    }

    @Test
    void noDeviceIdPassesForANetwork() {
        for (String claimed : List.of("192.0.2.1", "network 192.0.2.1", "")) {
            assertNotEquals(Origin.of(OWNER), Origin.of(request("198.51.100.7", claimed)));
        }
    }

    private void assertOnlyTheOwnersPasswordSignsIn() {
        assertTrue(accounts.signIn(ADA, PASSWORD.toCharArray()).isPresent());
        assertEquals(Optional.empty(), accounts.signIn(ADA, STRANGERS.toCharArray()));
    }

    private String signUp(String password, RequestFacts from) {
        accounts.signUp(ADA, password.toCharArray(), Origin.of(from), Duration.ofDays(1), NOW);
        return desk.code();
    }

    private Optional<Account> verify(String code, RequestFacts from) {
        return accounts.verify(ADA, code, Origin.of(from), NOW);
    }

    private static RequestFacts request(String address, @Nullable String deviceId) {
        return new RequestFacts(
                "r1", NOW, "POST", "/v1/auth/sign-up", ClientAddress.parse(address), true, deviceId, null, null);
    }
}
