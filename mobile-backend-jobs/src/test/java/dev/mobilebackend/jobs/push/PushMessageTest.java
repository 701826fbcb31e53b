// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.push.PushMessage.Urgency;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushMessageTest {

    private static final PushMessage MESSAGE = PushMessage.of("On its way", "It comes tomorrow");

    @Test
    void choicesKeepEachOther() {
        PushMessage message = MESSAGE.data("order", "42")
                .data("shop", "7")
                .collapse("order-42")
                .ttl(Duration.ofHours(4))
                .urgency(Urgency.URGENT);

        assertEquals(
                new PushMessage(
                        "On its way",
                        "It comes tomorrow",
                        Map.of("order", "42", "shop", "7"),
                        "order-42",
                        Duration.ofHours(4),
                        Urgency.URGENT),
                message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "aps", "from", "message_type", "google.c.a", "gcm.id"})
    void keysThatPlatformsKeepForThemselvesAreRefused(String key) {
        assertThrows(IllegalArgumentException.class, () -> MESSAGE.data(key, "value"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\r\nb", "ü"})
    void aCollapseKeyFitsIntoAHeaderField(String key) {
        assertThrows(IllegalArgumentException.class, () -> MESSAGE.collapse(key));
        assertThrows(IllegalArgumentException.class, () -> MESSAGE.collapse("k".repeat(65)));
        assertEquals("k".repeat(64), MESSAGE.collapse("k".repeat(64)).collapseKey());
    }

    @Test
    void whatNoPlatformTakesIsRefusedWhereItIsWritten() {
        assertThrows(IllegalArgumentException.class, () -> PushMessage.of("t", "ü".repeat(2_048)));
        assertThrows(IllegalArgumentException.class, () -> MESSAGE.ttl(Duration.ofMillis(999)));
        assertThrows(IllegalArgumentException.class, () -> MESSAGE.ttl(Duration.ofDays(29)));
        assertThrows(IllegalArgumentException.class, () -> PushMessage.unseen(Map.of()));
    }

    @Test
    void nothingOfItIsPrinted() {
        String printed = MESSAGE.data("order", "secret") + " "
                + new PushTo("ada", MESSAGE, Instant.EPOCH) + " " + new SendPush(1, "ada", MESSAGE, Instant.EPOCH) + " "
                + NewJob.of(new PushTo("ada", MESSAGE, Instant.EPOCH));

        assertFalse(printed.matches(".*(way|tomorrow|secret|ada).*"));
    }

    /** It becomes a part of the path to APNs, where another token would send a client's request elsewhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {"", "0a", "../../0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a?x"})
    void aTokenOfApnsHasDigitsOnly(String token) {
        assertThrows(IllegalArgumentException.class, () -> new PushAddress(Platform.APNS, "shop", token));
    }

    @Test
    void aTokenOfApnsHasOneSpelling() {
        assertEquals(
                new PushAddress(Platform.APNS, "shop", "0a".repeat(32)),
                new PushAddress(Platform.APNS, "shop", "0A".repeat(32)));
    }

    @Test
    void aKeyThatCannotBeReadIsNotQuoted() {
        byte[] broken =
                "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);

        var refused =
                assertThrows(IllegalArgumentException.class, () -> ApnsKey.parse("TEAM000001", "KEY0000001", broken));

        assertFalse(refused.toString().contains("c2VjcmV0"));
        assertEquals(null, refused.getCause());
    }

    @Test
    void platformsAreReachedByHttpsAlone() {
        assertThrows(IllegalArgumentException.class, () -> PushLine.to(URI.create("http://api.push.apple.com")));
    }
}
