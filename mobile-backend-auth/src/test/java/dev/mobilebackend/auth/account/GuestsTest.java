// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuestsTest {

    private final Desk desk = new Desk();
    private final List<String> merged = new ArrayList<>();
    private final Guests guests =
            new Guests(desk.parts, (guest, into) -> merged.add(guest.id() + " into " + into.id()));
    private final Account guest = guests.open(desk.now);

    @Test
    void aGuestHasAnAccountWithoutAnAddress() {
        assertTrue(guest.isGuest());
        assertEquals(Optional.of(guest), desk.accounts.find(guest.id()));
        assertEquals(List.of("account.created"), desk.recorded());
    }

    @Test
    void aGuestGoesOnUnderTheSameIdWithAnAddress() {
        upgrade();

        Account upgraded =
                guests.verify(guest.id(), desk.code(), "session", desk.now).orElseThrow();

        assertEquals(guest.id(), upgraded.id());
        assertEquals(ADA, upgraded.email());
        assertFalse(upgraded.isGuest());
        assertEquals(Optional.of(upgraded), desk.accounts.signIn(ADA, PASSWORD.toCharArray()));
    }

    @Test
    void aCodeUpgradesInItsSessionOnceAndAlone() {
        upgrade();
        String code = desk.code();

        assertEquals(Optional.empty(), guests.verify(guest.id(), code, "another session", desk.now));
        assertEquals(Optional.empty(), desk.accounts.verify(ADA, code, "session", desk.now));
        assertTrue(guests.verify(guest.id(), code, "session", desk.now).isPresent());
        assertEquals(Optional.empty(), guests.verify(guest.id(), code, "session", desk.now));
    }

    @Test
    void aGuestDoesNotGetAnAddressThatHasAnAccount() {
        Account ada = desk.ada();
        upgrade();

        assertEquals(Notice.Kind.ALREADY_REGISTERED, desk.mail().kind());
        assertEquals(Optional.of(ada), desk.accounts.signIn(ADA, PASSWORD.toCharArray()));
    }

    @Test
    void aGuestHandsOverToTheAccountOfItsOwnerAndIsGone() {
        Account ada = desk.ada();
        desk.session(guest);

        assertTrue(guests.tryMerge(guest.id(), ada, desk.now));

        assertEquals(List.of(guest.id() + " into " + ada.id()), merged);
        assertEquals(Optional.empty(), desk.accounts.find(guest.id()));
        assertEquals(0, desk.sessionsOf(guest));
        assertFalse(guests.tryMerge(guest.id(), ada, desk.now));
    }

    @Test
    void anAccountWithAnAddressIsNoGuestToHandOver() {
        upgrade();
        guests.verify(guest.id(), desk.code(), "session", desk.now);
        Account other = guests.open(desk.now);

        assertFalse(guests.tryMerge(guest.id(), other, desk.now));

        assertEquals(List.of(), merged);
        assertTrue(desk.accounts.find(guest.id()).isPresent());
    }

    private void upgrade() {
        guests.upgrade(guest.id(), ADA, PASSWORD.toCharArray(), "session", Desk.PATIENT, desk.now);
    }
}
