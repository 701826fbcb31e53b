// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OneTimeCodesTest {

    private final Desk desk = new Desk(new CodePolicy(Duration.ofMinutes(15), 5, 3), new byte[32]);
    private final OneTimeCodes codes = desk.parts.codes();

    @Test
    void aCodeIsTakenOnceForItsPurposeSubjectAndOrigin() {
        issue(Purpose.STEP_UP, "account", "session", ADA);
        String code = desk.code();

        assertEquals(Optional.empty(), codes.redeem(Purpose.ADDRESS_CHANGE, "account", "session", code, desk.now));
        assertEquals(Optional.empty(), codes.redeem(Purpose.STEP_UP, "another account", "session", code, desk.now));
        assertEquals(Optional.empty(), codes.redeem(Purpose.STEP_UP, "account", "another session", code, desk.now));
        PendingCode redeemed = codes.redeem(Purpose.STEP_UP, "account", "session", code, desk.now)
                .orElseThrow();
        assertEquals(ADA, redeemed.contact());
        assertEquals(Optional.empty(), codes.redeem(Purpose.STEP_UP, "account", "session", code, desk.now));
    }

    @Test
    void fiveWrongCodesUseItUp() {
        issue(Purpose.STEP_UP, "account", "session", ADA);
        String code = desk.code();
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    Optional.empty(), codes.redeem(Purpose.STEP_UP, "account", "session", Desk.wrong(code), desk.now));
        }

        assertEquals(Optional.empty(), codes.redeem(Purpose.STEP_UP, "account", "session", code, desk.now));
    }

    @Test
    void anAddressGetsOnlySoManyAnHourWhoeverAsks() {
        for (int i = 0; i < 3; i++) {
            assertTrue(issue(Purpose.PASSWORD_RESET, ADA.text(), "stranger " + i, ADA));
        }

        assertFalse(issue(Purpose.PASSWORD_RESET, ADA.text(), "phone", ADA));
        assertFalse(issue(Purpose.SIGN_IN, ADA.text(), "phone", ADA));
        desk.now = desk.now.plus(Duration.ofHours(1));
        assertTrue(issue(Purpose.SIGN_IN, ADA.text(), "phone", ADA));
        assertEquals(4, desk.outbox.size());
    }

    /** The first that an owner asks for once strangers have stopped is sent within the hour, on whatever day. */
    @Test
    void strangersSilenceAnAddressForTheRestOfTheHourAtMost() {
        for (int hour = 0; hour < 48; hour++) {
            assertTrue(issue(Purpose.SIGN_IN, ADA.text(), "phone", ADA));
            for (int i = 0; i < 4; i++) {
                issue(Purpose.PASSWORD_RESET, ADA.text(), "stranger", ADA);
            }
            desk.now = desk.now.plus(Duration.ofHours(1));
        }

        assertEquals(48 * 3, desk.outbox.size());
    }

    @ParameterizedTest
    @EnumSource(value = Purpose.class, names = "STEP_UP", mode = EnumSource.Mode.EXCLUDE)
    void whatStrangersAskForLeavesTheOwnersAllowanceAndOtherAddresses(Purpose purpose) {
        for (int i = 0; i < 4; i++) {
            issue(purpose, "the account of stranger " + i, "stranger", ADA);
        }

        assertTrue(issue(Purpose.STEP_UP, "account", "session", ADA));
        assertTrue(issue(Purpose.SIGN_IN, PHONE.text(), "phone", PHONE));
        assertFalse(issue(Purpose.SIGN_IN, ADA.text(), "phone", ADA));
    }

    @Test
    void strangersKeepNoDeviceFromACodeThatItsAccountKnows() {
        for (int i = 0; i < 4; i++) {
            issue(Purpose.PASSWORD_RESET, ADA.text(), "stranger", ADA);
        }

        for (int i = 0; i < 3; i++) {
            assertTrue(issueOn(true, ADA));
        }
        assertFalse(issueOn(true, ADA));
        assertTrue(issueOn(true, PHONE));
        assertFalse(issueOn(false, ADA));
    }

    @Test
    void whatKnownDevicesAskForLeavesWhatAnybodyMay() {
        for (int i = 0; i < 4; i++) {
            issueOn(true, ADA);
        }

        assertTrue(issueOn(false, ADA));
    }

    @Test
    void stepUpsAreCountedByTheAccountWhereverTheyGo() {
        for (int i = 0; i < 3; i++) {
            assertTrue(issue(Purpose.STEP_UP, "account", "session", i == 0 ? PHONE : ADA));
        }

        assertFalse(issue(Purpose.STEP_UP, "account", "another session", PHONE));
        assertTrue(issue(Purpose.STEP_UP, "another account", "session", ADA));
    }

    @Test
    void aCodeThatIsNotSentLeavesTheOneBefore() {
        for (int i = 0; i < 3; i++) {
            issue(Purpose.STEP_UP, "account", "session", ADA);
        }
        String newest = desk.code();
        issue(Purpose.STEP_UP, "account", "session", ADA);

        assertTrue(codes.redeem(Purpose.STEP_UP, "account", "session", newest, desk.now)
                .isPresent());
    }

    @Test
    void aCodeAndALinkAreTakenWhileTheSecretIsChanged() {
        var other = new byte[32];
        other[0] = 1;
        ServerSecret both = ServerSecret.of(other, new byte[32]);
        var renewed = new OneTimeCodes(CodePolicy.standard(), desk.codeStore, both, new SecureRandom());
        issue(Purpose.STEP_UP, "account", "session", ADA);
        String code = desk.code();
        issue(Purpose.SIGN_IN_LINK, ADA.text(), "phone", ADA);
        String link = desk.code();

        assertNotEquals(code, renewed.text(desk.outbox.get(0)));
        assertTrue(renewed.redeem(Purpose.STEP_UP, "account", "session", code, desk.now)
                .isPresent());
        assertTrue(renewed.checkLink(link, desk.now).isPresent());
    }

    private boolean issueOn(boolean knownDevice, Contact contact) {
        return codes.tryIssue(CodeRequest.by(contact, Purpose.SIGN_IN, "phone", knownDevice), desk.now);
    }

    private boolean issue(Purpose purpose, String subject, String origin, Contact contact) {
        return codes.tryIssue(new CodeRequest(purpose, subject, origin, contact), desk.now);
    }
}
