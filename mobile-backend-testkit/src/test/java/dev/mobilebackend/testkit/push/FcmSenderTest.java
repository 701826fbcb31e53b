// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.push.FcmSender;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushMessage;
import dev.mobilebackend.jobs.push.PushMessage.Urgency;
import dev.mobilebackend.jobs.push.PushResult;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import dev.mobilebackend.testkit.fake.FakeFcm;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Over HTTP/2 and TLS. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FcmSenderTest {

    private static final PushAddress PHONE =
            new PushAddress(Platform.FCM, "com.example.shop", "fcm:" + "t".repeat(160));
    private static final PushMessage MESSAGE = PushMessage.of("On its way", "It comes tomorrow");
    private static final PushResult DELIVERED = new PushResult.Delivered();

    private final TestClock clock = new TestClock();
    private final Instant until = TestClock.START.plus(Duration.ofHours(4));
    private FakeFcm fcm;
    private FcmSender sender;

    @BeforeEach
    void start() {
        fcm = FakeFcm.start(clock);
        sender = FcmSender.of(fcm.account(), fcm.line());
    }

    @AfterEach
    void stop() {
        fcm.close();
    }

    @Test
    void sendsWhatIsShownWithItsDataAndItsPlaceAmongOthers() {
        PushMessage message = MESSAGE.data("order", "42").collapse("order-42");

        assertEquals(DELIVERED, sender.send(PHONE, message, until));

        FakeFcm.Received received = fcm.received().get(0);
        assertEquals(PHONE.token(), received.token());
        assertEquals("On its way", received.title());
        assertEquals("42", received.message().path("data").path("order").asString());
        JsonNode android = received.message().path("android");
        assertEquals("HIGH", android.path("priority").asString());
        assertEquals("14400s", android.path("ttl").asString());
        assertEquals("order-42", android.path("collapse_key").asString());
        assertEquals("order-42", android.path("notification").path("tag").asString());
    }

    @Test
    void wakesTheAppForWhatIsNotShown() {
        PushMessage unseen = PushMessage.unseen(Map.of("sync", "orders")).urgency(Urgency.URGENT);

        sender.send(PHONE, unseen, until);

        FakeFcm.Received received = fcm.received().get(0);
        assertTrue(received.message().path("notification").isMissingNode());
        assertEquals(
                "NORMAL", received.message().path("android").path("priority").asString());
    }

    @Test
    void aTokenThatIsNotRegisteredOrAnothersIsDead() {
        fcm.unregister(PHONE.token());
        assertEquals(new PushResult.TokenDead(null), sender.send(PHONE, MESSAGE, until));

        fcm.disown(PHONE.token());
        assertEquals(new PushResult.TokenDead(null), sender.send(PHONE, MESSAGE, until));
    }

    /** A wrong project in the settings would otherwise forget the devices of all. */
    @ParameterizedTest
    @CsvSource({"404, NOT_FOUND", "400, INVALID_ARGUMENT", "401, THIRD_PARTY_AUTH_ERROR", "403, PERMISSION_DENIED"})
    void noOtherRefusalMakesATokenDead(int status, String code) {
        fcm.next().refuse(status, code);

        assertEquals(
                new PushResult.Rejected("FCM answered " + status + " " + code), sender.send(PHONE, MESSAGE, until));
    }

    @ParameterizedTest
    @CsvSource({"429, QUOTA_EXCEEDED, PT1M", "500, INTERNAL,", "503, UNAVAILABLE,"})
    void comesBackLaterWhereFcmCannotNow(int status, String code, Duration unsaid) {
        fcm.next().refuse(status, code, Duration.ofSeconds(90)).refuse(status, code);

        String said = "FCM answered " + status + " " + code;
        assertEquals(new PushResult.RetryLater(Duration.ofSeconds(90), said), sender.send(PHONE, MESSAGE, until));
        assertEquals(new PushResult.RetryLater(unsaid, said), sender.send(PHONE, MESSAGE, until));
        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
    }

    @Test
    void anAccessTokenServesUntilShortlyBeforeItsEnd() {
        sender.send(PHONE, MESSAGE, until);
        clock.advance(Duration.ofMinutes(55).minusSeconds(1));
        sender.send(PHONE, MESSAGE, until);
        assertEquals(1, fcm.accessTokens());

        clock.advance(Duration.ofSeconds(1));

        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
        assertEquals(2, fcm.accessTokens());
    }

    @Test
    void whoeverNeedsTheFirstAccessTokenAtTheSameTimeWaitsForOne() {
        Race.of(4, () -> sender.send(PHONE, MESSAGE, until));

        assertEquals(1, fcm.accessTokens());
        assertEquals(4, fcm.received().size());
    }

    @Test
    void aRevokedAccessTokenIsReplacedOnceAndTheMessageSent() {
        sender.send(PHONE, MESSAGE, until);
        fcm.revokeAccess();

        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
        assertEquals(2, fcm.accessTokens());
    }

    @Test
    void whatTheTokenEndpointSaysDecidesToo() {
        fcm.nextAccess()
                .refuse(400, "invalid_grant")
                .refuse(503, "unavailable", Duration.ofSeconds(5))
                .cut();

        assertEquals(
                new PushResult.Rejected("the token endpoint answered 400 invalid_grant"),
                sender.send(PHONE, MESSAGE, until));
        assertEquals(
                new PushResult.RetryLater(Duration.ofSeconds(5), "the token endpoint answered 503 unavailable"),
                sender.send(PHONE, MESSAGE, until));
        assertInstanceOf(PushResult.RetryLater.class, sender.send(PHONE, MESSAGE, until));
        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
    }

    @Test
    void aMessageThatIsTooLargeIsNotEvenSent() {
        PushMessage escaped = PushMessage.of("t", "\"".repeat(3_000));

        assertInstanceOf(PushResult.Rejected.class, sender.send(PHONE, escaped, until));
        assertEquals(0, fcm.accessTokens());
    }

    @Test
    void aSilentConnectionHoldsNobodyForLongAndIsLeft() {
        FcmSender impatient = FcmSender.of(fcm.account(), fcm.line().timeout(Duration.ofSeconds(1)));
        fcm.nextAccess().silence();
        fcm.next().silence();

        assertInstanceOf(PushResult.RetryLater.class, impatient.send(PHONE, MESSAGE, until));
        assertInstanceOf(PushResult.RetryLater.class, impatient.send(PHONE, MESSAGE, until));
        assertEquals(DELIVERED, impatient.send(PHONE, MESSAGE, until));
    }

    @Test
    void nothingThatIsPrintedHasTheKeyOrATokenInIt() {
        String printed = sender + " " + fcm.account() + " " + PHONE;

        assertFalse(printed.contains(PHONE.token()));
        assertFalse(printed.contains("PRIVATE"));
    }
}
