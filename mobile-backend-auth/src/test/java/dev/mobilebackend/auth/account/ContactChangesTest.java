// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PASSWORD;
import static dev.mobilebackend.auth.account.Desk.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContactChangesTest {

    private static final EmailAddress NEW = EmailAddress.parse("ada@new.example");

    private final Desk desk = new Desk();
    private final ContactChanges changes = new ContactChanges(desk.parts);
    private final Account ada = desk.ada();

    @Test
    void anAddressCountsOnceItsCodeWasTyped() {
        changes.tryAsk(ada, NEW, "session", desk.now);
        assertEquals(Optional.of(ada), desk.accounts.signIn(ADA, PASSWORD.toCharArray()));

        Account changed = confirm(Contact.Channel.MAIL, code()).orElseThrow();

        assertEquals(NEW, changed.email());
        assertEquals(ada.id(), changed.id());
        assertEquals(ada.version() + 1, changed.version());
        assertEquals(Optional.of(changed), desk.accounts.signIn(NEW, PASSWORD.toCharArray()));
        assertEquals(Optional.empty(), desk.accounts.signIn(ADA, PASSWORD.toCharArray()));
        assertEquals(List.of("account.contact-changed"), desk.recorded());
    }

    @Test
    void theAddressBeforeIsToldOfTheWishAndOfTheChange() {
        changes.tryAsk(ada, NEW, "session", desk.now);
        confirm(Contact.Channel.MAIL, code());

        assertEquals(
                List.of(
                        "NEW_CONTACT_CODE to ada@new.example",
                        "CONTACT_CHANGE_ASKED to ada@example.org",
                        "CONTACT_CHANGED to ada@example.org"),
                desk.outbox.stream()
                        .map(notice -> notice.kind() + " to " + notice.to())
                        .toList());
    }

    @Test
    void aPhoneCountsOnceItsCodeWasTyped() {
        changes.tryAsk(ada, PHONE, "session", desk.now);

        Account changed = confirm(Contact.Channel.SMS, code()).orElseThrow();

        assertEquals(PHONE, changed.phone());
        assertEquals(ADA, changed.email());
    }

    @Test
    void aCodeIsForItsSessionAndItsChannel() {
        changes.tryAsk(ada, NEW, "session", desk.now);
        String code = code();

        assertEquals(Optional.empty(), confirm(Contact.Channel.SMS, code));
        assertEquals(
                Optional.empty(), changes.confirm(ada.id(), Contact.Channel.MAIL, code, "another session", desk.now));
        assertTrue(confirm(Contact.Channel.MAIL, code).isPresent());
    }

    @Test
    void theOwnerOfAnAddressHearsThatSomebodyWantsItAndKeepsIt() {
        Account other = desk.accounts
                .tryCreate(NEW, PASSWORD.toCharArray(), Set.of(), desk.now)
                .orElseThrow();

        changes.tryAsk(ada, NEW, "session", desk.now);

        assertEquals(List.of(Notice.Kind.ALREADY_REGISTERED, Notice.Kind.CONTACT_CHANGE_ASKED), desk.told());
        assertEquals(Optional.of(other), desk.store.find(NEW));
    }

    @Test
    void anAddressThatWasTakenMeanwhileIsRefused() {
        changes.tryAsk(ada, NEW, "session", desk.now);
        String code = code();
        desk.accounts.tryCreate(NEW, PASSWORD.toCharArray(), Set.of(), desk.now);

        assertEquals(Optional.empty(), confirm(Contact.Channel.MAIL, code));

        assertEquals(Optional.of(ada), desk.store.find(ADA));
    }

    @Test
    void anAddressIsSentOnlySoManyCodesAndWhoeverAskedIsNotToldSo() {
        for (int i = 0; i < 7; i++) {
            assertTrue(changes.tryAsk(ada, NEW, "session", desk.now));
        }

        assertEquals(12, desk.outbox.size());
    }

    @Test
    void anAddressThatStaysHearsOfAnotherPhoneAsThePhoneBeforeDoes() {
        Account reachable = desk.store.changeContact(ada.id(), PHONE).orElseThrow();
        changes.tryAsk(reachable, PhoneNumber.parse("+49 30 654321"), "session", desk.now);
        confirm(Contact.Channel.SMS, code());

        assertEquals(
                List.of(
                        "NEW_CONTACT_CODE to +4930654321",
                        "CONTACT_CHANGE_ASKED to ada@example.org",
                        "CONTACT_CHANGE_ASKED to +4930123456",
                        "CONTACT_CHANGED to ada@example.org",
                        "CONTACT_CHANGED to +4930123456"),
                desk.outbox.stream()
                        .map(notice -> notice.kind() + " to " + notice.to())
                        .toList());
    }

    @Test
    void nothingIsAskedForByWhoShowedAPasswordThatWasChangedMeanwhile() {
        desk.store.setPasswordHash(ada.id(), "another");

        assertFalse(changes.tryAsk(ada, NEW, "session", desk.now));

        assertEquals(List.of(), desk.told());
    }

    @Test
    void aNewPasswordDropsWhatWasAskedForInSessions() {
        changes.tryAsk(ada, NEW, "session", desk.now);
        String code = code();

        new PasswordChanges(desk.parts)
                .change(
                        ada.id(),
                        "session",
                        PASSWORD.toCharArray(),
                        "another long password".toCharArray(),
                        Desk.PATIENT,
                        desk.now);

        assertEquals(Optional.empty(), confirm(Contact.Channel.MAIL, code));
    }

    @Test
    void anotherPhoneDropsWhatElseWasAskedForInSessions() {
        changes.tryAsk(ada, NEW, "a stolen session", desk.now);
        String stolen = code();
        changes.tryAsk(ada, PHONE, "session", desk.now);
        Account changed = confirm(Contact.Channel.SMS, desk.codeFor(PHONE)).orElseThrow();

        assertEquals(
                Optional.empty(),
                changes.confirm(ada.id(), Contact.Channel.MAIL, stolen, "a stolen session", desk.now));

        assertEquals(Optional.of(changed), desk.accounts.find(ada.id()));
    }

    private String code() {
        return desk.outbox.stream()
                .filter(notice -> notice.kind() == Notice.Kind.NEW_CONTACT_CODE)
                .map(notice -> desk.accounts.message(notice).orElseThrow().code())
                .findFirst()
                .orElseThrow();
    }

    private Optional<Account> confirm(Contact.Channel channel, String code) {
        return changes.confirm(ada.id(), channel, code, "session", desk.now);
    }
}
