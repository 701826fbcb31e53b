// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mobilebackend.auth.account.Notice;
import org.junit.jupiter.api.Test;

class AuthCodeTest {

    @Test
    void whatIsPrintedHoldsNeitherCodeNorAddressNorSeed() {
        String verify = new AuthCode("ada@example.org", "0123ABCD").toString();
        String notice = new Notice(Notice.Kind.VERIFICATION_CODE, "ada@example.org", "seedseed").toString();

        for (String secret : new String[] {"ada", "0123ABCD", "seedseed"}) {
            assertFalse(verify.contains(secret), verify);
            assertFalse(notice.contains(secret), notice);
        }
    }
}
