// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static dev.mobilebackend.auth.account.CodeSignIns.LinkUse.ANY_DEVICE;
import static dev.mobilebackend.auth.account.CodeSignIns.LinkUse.SAME_DEVICE;
import static dev.mobilebackend.auth.account.Desk.ADA;
import static dev.mobilebackend.auth.account.Desk.PHONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CodeSignInsTest {

    private final Desk desk = new Desk();
    private final CodeSignIns signIns = new CodeSignIns(desk.parts);
    private final Account ada = desk.ada();

    @Test
    void aCodeSignsInOnce() {
        signIns.sendCode(ADA, "phone", false, desk.now);
        String code = desk.code();

        assertEquals(Optional.of(ada), signIns.byCode(ADA, code, "phone", desk.now));
        assertEquals(Optional.empty(), signIns.byCode(ADA, code, "phone", desk.now));
    }

    @Test
    void aCodeToAPhoneSignsInWhoeverHasIt() {
        Account reachable = desk.store.changeContact(ada.id(), PHONE).orElseThrow();
        signIns.sendCode(PHONE, "phone", false, desk.now);

        assertEquals(Contact.Channel.SMS, desk.outbox.get(0).channel());
        assertEquals(Optional.of(reachable), signIns.byCode(PHONE, desk.code(), "phone", desk.now));
    }

    @Test
    void anUnknownPhoneIsOwedANoticeThatIsNeverSent() {
        signIns.sendCode(PHONE, "phone", false, desk.now);

        assertEquals(1, desk.outbox.size());
        assertEquals(Optional.empty(), desk.accounts.message(desk.outbox.get(0)));
    }

    @Test
    void aLinkSignsInOnceOnTheDeviceThatAskedForIt() {
        signIns.sendLink(ADA, "phone", false, desk.now);
        String token = desk.code();

        assertEquals(Optional.empty(), signIns.byLink(token, SAME_DEVICE, "stranger", desk.now));
        assertEquals(Optional.of(ada), signIns.byLink(token, SAME_DEVICE, "phone", desk.now));
        assertEquals(Optional.empty(), signIns.byLink(token, SAME_DEVICE, "phone", desk.now));
    }

    @Test
    void aLinkMaySignInOnAnyDeviceWhereThatIsChosen() {
        signIns.sendLink(ADA, "phone", false, desk.now);

        assertEquals(Optional.of(ada), signIns.byLink(desk.code(), ANY_DEVICE, "tablet", desk.now));
    }

    @Test
    void aLinkIsTakenForAQuarterOfAnHour() {
        signIns.sendLink(ADA, "phone", false, desk.now);
        String token = desk.code();

        assertEquals(
                Optional.empty(), signIns.byLink(token, SAME_DEVICE, "phone", desk.now.plus(Duration.ofMinutes(15))));
        assertTrue(signIns.byLink(token, SAME_DEVICE, "phone", desk.now.plus(Duration.ofMinutes(14)))
                .isPresent());
    }

    @Test
    void onlyTheNewestLinkSignsIn() {
        signIns.sendLink(ADA, "phone", false, desk.now);
        String first = desk.code();
        signIns.sendLink(ADA, "phone", false, desk.now);

        assertEquals(Optional.empty(), signIns.byLink(first, SAME_DEVICE, "phone", desk.now));
    }

    @Test
    void aTokenThatWasNotMadeHereIsRefused() {
        signIns.sendLink(ADA, "phone", false, desk.now);
        String token = desk.code();
        byte[] forged = Base64.getUrlDecoder().decode(token);
        forged[35] ^= 1;

        for (String other : new String[] {
            Base64.getUrlEncoder().encodeToString(forged),
            token.substring(0, 47),
            token + "A",
            token.substring(0, 47) + "\u00e9",
            "?".repeat(48),
            ""
        }) {
            assertEquals(Optional.empty(), signIns.byLink(other, ANY_DEVICE, "phone", desk.now), other);
        }
        assertEquals(48, token.length());
    }
}
