// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.session.Device;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuestsTest {

    private final Desk desk = new Desk();
    private final List<String> merged = new ArrayList<>();
    private final Guests guests = new Guests(
            GuestPolicy.standard(), desk.parts, (guest, into) -> merged.add(guest.id() + " into " + into.id()));
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
    void whatAGuestAskedForCountsNoMoreOnceItCanBeReached() {
        var changes = new ContactChanges(desk.parts);
        changes.tryAsk(guest, Desk.PHONE, "session", desk.now);
        String phone = desk.codeFor(Desk.PHONE);
        upgrade();
        assertTrue(guests.verify(guest.id(), desk.codeFor(ADA), "session", desk.now)
                .isPresent());

        assertEquals(Optional.empty(), changes.confirm(guest.id(), Contact.Channel.SMS, phone, "session", desk.now));
    }

    @Test
    void whoeverHasAPhoneIsNoGuestToUpgrade() {
        upgrade();
        String code = desk.code();
        desk.store.changeContact(guest.id(), Desk.PHONE);

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
    void aGuestDoesNotHandOverToAnAccountThatGotAnotherPasswordMeanwhile() {
        Account ada = desk.ada();
        desk.store.setPasswordHash(ada.id(), "another");

        assertFalse(guests.tryMerge(guest.id(), ada, desk.now));

        assertEquals(List.of(), merged);
        assertTrue(desk.accounts.find(guest.id()).isPresent());
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

    @Test
    void aGuestToWhomNobodyCanComeBackIsEndedAfterNinetyDays() {
        Instant later = desk.now.plus(Duration.ofDays(90));

        assertEquals(0, guests.endAbandoned(later));
        assertEquals(1, guests.endAbandoned(later.plusMillis(1)));

        assertEquals(Optional.empty(), desk.accounts.find(guest.id()));
        assertEquals(List.of(guest), desk.deleted);
        assertEquals(List.of("account.created", "account.deleted", "audit.erased"), desk.recorded());
        assertEquals(0, guests.endAbandoned(later.plusMillis(1)));
    }

    @Test
    void aGuestStaysAsLongAsItsSessionIsOnRecord() {
        desk.session(guest);
        Instant idle = desk.now.plus(Duration.ofDays(30));
        Instant later = desk.now.plus(Duration.ofDays(100));

        assertEquals(0, guests.endAbandoned(later));
        desk.sessions.purgeEnded(idle.plus(Duration.ofDays(7)), 10);
        assertEquals(0, guests.endAbandoned(later));
        desk.sessions.purgeEnded(idle.plus(Duration.ofDays(7)).plusMillis(1), 10);
        assertEquals(1, guests.endAbandoned(later));
    }

    @Test
    void whoHasAnAddressIsNotEnded() {
        desk.ada();

        guests.endAbandoned(desk.now.plus(Duration.ofDays(1_000)));

        assertEquals(List.of(guest), desk.deleted);
    }

    @Test
    void oneGuestThatCanNotBeEndedStopsNoOther() {
        List<Account> others =
                Stream.generate(() -> guests.open(desk.now)).limit(250).toList();
        desk.listener = account -> {
            if (account.equals(guest)) {
                throw new IllegalStateException("its orders are locked");
            }
        };
        Instant later = desk.now.plus(Duration.ofDays(91));

        var told = assertThrows(IllegalStateException.class, () -> guests.endAbandoned(later));

        assertEquals(
                "guests that could not be ended: 1, ended: 250; the log has the ids of the first", told.getMessage());
        assertEquals("its orders are locked", told.getCause().getMessage());
        assertTrue(desk.accounts.find(guest.id()).isPresent());
        assertTrue(
                others.stream().allMatch(other -> desk.accounts.find(other.id()).isEmpty()));
    }

    @Test
    void ofManyThatCanNotBeEndedTheFirstFailureIsKeptAndAllAreCounted() {
        for (int i = 0; i < 149; i++) {
            guests.open(desk.now);
        }
        var tried = new ArrayList<Account>();
        desk.listener = account -> {
            tried.add(account);
            throw new IllegalStateException("the orders of guest number " + tried.size() + " are locked");
        };

        var told = assertThrows(
                IllegalStateException.class, () -> guests.endAbandoned(desk.now.plus(Duration.ofDays(91))));

        assertEquals(
                "guests that could not be ended: 150, ended: 0; the log has the ids of the first", told.getMessage());
        assertEquals("the orders of guest number 1 are locked", told.getCause().getMessage());
        assertEquals(0, told.getCause().getSuppressed().length);
    }

    @Test
    void aGuestThatComesBackAfterItWasFoundStays() {
        Account other = guests.open(desk.now);
        Instant later = desk.now.plus(Duration.ofDays(91));
        desk.listener = ended ->
                desk.sessions.open(ended.equals(guest) ? other.id() : guest.id(), Device.UNKNOWN, Set.of(), later);

        assertEquals(1, guests.endAbandoned(later));

        assertEquals(1, desk.deleted.size());
        assertTrue(desk.deleted.contains(guest) || desk.deleted.contains(other));
    }

    @Test
    void aLifetimeIsNotNegative() {
        assertThrows(IllegalArgumentException.class, () -> new GuestPolicy(Duration.ofDays(-1)));
    }

    private void upgrade() {
        guests.upgrade(guest.id(), ADA, PASSWORD.toCharArray(), "session", Desk.PATIENT, desk.now);
    }
}
