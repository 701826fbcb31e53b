// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordChangesTest {

    private static final String OTHER = "another long password";

    private final Desk desk = new Desk();
    private final PasswordChanges changes = new PasswordChanges(desk.parts);
    private final Account ada = desk.ada();

    @Test
    void aForgottenPasswordIsReplacedWithTheCode() {
        desk.session(ada);
        changes.forgot(ADA, "phone", false, desk.now);
        assertEquals(Notice.Kind.PASSWORD_RESET_CODE, desk.mail().kind());

        Account changed = reset(desk.code()).orElseThrow();

        assertEquals(ada.id(), changed.id());
        assertEquals(Optional.of(changed), desk.accounts.signIn(ADA, OTHER.toCharArray()));
        assertEquals(Optional.empty(), desk.accounts.signIn(ADA, PASSWORD.toCharArray()));
        assertEquals(0, desk.sessionsOf(ada));
        assertEquals(Notice.Kind.PASSWORD_CHANGED, desk.mail().kind());
        assertEquals(List.of("password.reset"), desk.recorded());
    }

    @Test
    void aCodeResetsOnce() {
        changes.forgot(ADA, "phone", false, desk.now);
        String code = desk.code();
        reset(code);

        assertEquals(Optional.empty(), reset(code));
    }

    @Test
    void aResetDropsTheCodesOfOtherDevices() {
        changes.forgot(ADA, "stranger", false, desk.now);
        String strangers = desk.code();
        changes.forgot(ADA, "phone", false, desk.now);
        reset(desk.code());

        assertEquals(
                Optional.empty(),
                changes.reset(ADA, strangers, OTHER.toCharArray(), "stranger", Desk.PATIENT, desk.now));
    }

    @Test
    void aResetDropsEveryCodeThatWasAskedForBefore() {
        var signIns = new CodeSignIns(desk.parts);
        signIns.sendCode(ADA, "stranger", false, desk.now);
        String signIn = desk.code();
        new ContactChanges(desk.parts).tryAsk(ada, EmailAddress.parse("eve@example.org"), "session", desk.now);
        changes.forgot(ADA, "phone", false, desk.now);

        reset(desk.code());

        assertEquals(Optional.empty(), signIns.byCode(ADA, signIn, "stranger", desk.now));
        assertEquals(
                Optional.empty(), desk.codeStore.takeAttempt(Purpose.ADDRESS_CHANGE, ada.id(), "session", desk.now));
    }

    @Test
    void aCodeIsForItsDeviceAndForResetsAlone() {
        changes.forgot(ADA, "phone", false, desk.now);
        String code = desk.code();

        assertEquals(
                Optional.empty(), changes.reset(ADA, code, OTHER.toCharArray(), "stranger", Desk.PATIENT, desk.now));
        assertEquals(Optional.empty(), new CodeSignIns(desk.parts).byCode(ADA, code, "phone", desk.now));
        assertEquals(Optional.empty(), desk.accounts.verify(ADA, code, "phone", desk.now));
        assertTrue(reset(code).isPresent());
    }

    @Test
    void aPasswordThatIsNotAcceptedLeavesTheCode() {
        changes.forgot(ADA, "phone", false, desk.now);
        String code = desk.code();

        var refusal = assertThrows(
                ProblemException.class,
                () -> changes.reset(ADA, code, "short".toCharArray(), "phone", Desk.PATIENT, desk.now));

        assertEquals("#/password", refusal.problem().errors().get(0).pointer());
        assertTrue(reset(code).isPresent());
    }

    @Test
    void anUnknownAddressHearsThatItHasNoAccountAndNoCodeIsTaken() {
        EmailAddress eve = EmailAddress.parse("eve@example.org");
        changes.forgot(eve, "phone", false, desk.now);

        assertEquals(Notice.Kind.NO_ACCOUNT, desk.mail().kind());
        assertNull(desk.mail().code());
        String seed = desk.codeStore
                .takeAttempt(Purpose.PASSWORD_RESET, "eve@example.org", "phone", desk.now)
                .orElseThrow()
                .seed();
        String code = desk.accounts
                .message(new Notice(Notice.Kind.PASSWORD_RESET_CODE, "eve@example.org", seed))
                .orElseThrow()
                .code();
        assertEquals(Optional.empty(), changes.reset(eve, code, OTHER.toCharArray(), "phone", Desk.PATIENT, desk.now));
    }

    @Test
    void aChangeKeepsTheOneDeviceSignedIn() {
        desk.session(ada);
        String mine = desk.session(ada).id();

        Account changed = change(mine, PASSWORD, OTHER).orElseThrow();

        assertEquals(ada.id(), changed.id());
        assertEquals(Optional.of(changed), desk.accounts.signIn(ADA, OTHER.toCharArray()));
        assertEquals(
                List.of(mine),
                desk.sessions.ofAccount(ada.id(), desk.now).stream()
                        .map(session -> session.id())
                        .toList());
        assertEquals(List.of(Notice.Kind.PASSWORD_CHANGED), desk.told());
        assertEquals(List.of("password.changed"), desk.recorded());
    }

    @Test
    void aWrongOldPasswordChangesNothing() {
        String mine = desk.session(ada).id();
        desk.session(ada);

        assertEquals(Optional.empty(), change(mine, "not the right one", OTHER));

        assertEquals(2, desk.sessionsOf(ada));
        assertEquals(Optional.of(ada), desk.accounts.signIn(ADA, PASSWORD.toCharArray()));
        assertEquals(List.of(), desk.told());
    }

    @Test
    void aNewPasswordThatIsNotAcceptedIsNamedAsSuch() {
        var refusal = assertThrows(ProblemException.class, () -> change("any", PASSWORD, "short"));

        assertEquals("#/newPassword", refusal.problem().errors().get(0).pointer());
    }

    private Optional<Account> reset(String code) {
        return changes.reset(ADA, code, OTHER.toCharArray(), "phone", Desk.PATIENT, desk.now);
    }

    private Optional<Account> change(String sessionId, String before, String after) {
        return changes.change(ada.id(), sessionId, before.toCharArray(), after.toCharArray(), Desk.PATIENT, desk.now);
    }
}
