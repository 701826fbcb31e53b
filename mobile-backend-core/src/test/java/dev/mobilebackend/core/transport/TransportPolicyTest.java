// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.core.transport.TrustedProxies.Field;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What holds where an application says nothing; that it is enforced is shown where it is. */
class TransportPolicyTest {

    private static final TransportPolicy STRICT = TransportPolicy.strict();
    private static final BodyPolicy BODY = BodyPolicy.standard();

    @Test
    void whatIsNotChosenIsTheStrictest() {
        assertEquals(PlainHttp.NOWHERE, STRICT.plainHttp());
        assertFalse(STRICT.proxies().any());
        assertTrue(STRICT.cors().origins().isEmpty());
        assertEquals(100, STRICT.waiting());
        assertEquals(Duration.ofDays(730), STRICT.strictTransport());
        assertEquals(BODY, STRICT.body());
    }

    @Test
    void refusesToReplaceProxiesThatWereNamed() {
        TransportPolicy named = STRICT.trustedProxies(Field.X_FORWARDED, "10.0.0.0/8");

        assertThrows(IllegalStateException.class, () -> named.trustedProxies(Field.X_FORWARDED, "192.168.0.0/16"));
    }

    @Test
    void aBodyHasItsLimitsWhereNoneWasChosen() {
        assertEquals(1_048_576, BODY.maximum());
        assertEquals(100, BODY.inflation());
        assertEquals(50, BODY.parts());
        assertFalse(isTooSlow(0, Duration.ofSeconds(10)));
        assertTrue(isTooSlow(5_000, Duration.ofSeconds(11)));
        assertFalse(isTooSlow(5_500, Duration.ofSeconds(11)));
        assertFalse(isTooSlow(1 << 20, Duration.ofMinutes(5)));
        assertTrue(isTooSlow(1 << 20, Duration.ofSeconds(301)));
    }

    private static boolean isTooSlow(long bytes, Duration waited) {
        return BODY.isTooSlow(bytes, waited.toNanos());
    }
}
