// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.push.ApnsSender;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushMessage;
import dev.mobilebackend.jobs.push.PushMessage.Urgency;
import dev.mobilebackend.jobs.push.PushResult;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.fake.FakeApns;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over HTTP/2 and TLS. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApnsSenderTest {

    private static final String APP = "com.example.shop";
    private static final PushAddress PHONE = new PushAddress(Platform.APNS, APP, "0a".repeat(32));
    private static final PushMessage MESSAGE = PushMessage.of("On its way", "It comes tomorrow");
    private static final PushResult DELIVERED = new PushResult.Delivered();

    private final TestClock clock = new TestClock();
    private final Instant until = TestClock.START.plus(Duration.ofHours(4));
    private FakeApns apns;
    private ApnsSender sender;

    @BeforeEach
    void start() {
        apns = FakeApns.start(clock);
        sender = ApnsSender.of(apns.key(), APP, apns.line());
    }

    @AfterEach
    void stop() {
        apns.close();
    }

    @Test
    void sendsWhatIsShownWithItsDataAndItsPlaceAmongOthers() {
        PushMessage message = MESSAGE.data("order", "42").collapse("order-42");

        assertEquals(DELIVERED, sender.send(PHONE, message, until));

        FakeApns.Received received = apns.received().get(0);
        assertEquals(PHONE.token(), received.token());
        assertEquals("On its way", received.title());
        assertEquals("42", received.payload().path("order").asString());
        assertEquals("default", received.payload().path("aps").path("sound").asString());
        assertEquals(APP, received.headers().get("apns-topic"));
        assertEquals("alert", received.headers().get("apns-push-type"));
        assertEquals("10", received.headers().get("apns-priority"));
        assertEquals("order-42", received.headers().get("apns-collapse-id"));
        assertEquals(Long.toString(until.getEpochSecond()), received.headers().get("apns-expiration"));
    }

    @Test
    void sendsWhatIsNotUrgentWithoutASound() {
        sender.send(PHONE, MESSAGE.urgency(Urgency.LOW), until);

        FakeApns.Received received = apns.received().get(0);
        assertEquals("5", received.headers().get("apns-priority"));
        assertTrue(received.payload().path("aps").path("sound").isMissingNode());
    }

    @Test
    void wakesTheAppForWhatIsNotShown() {
        PushMessage unseen = PushMessage.unseen(Map.of("sync", "orders")).urgency(Urgency.URGENT);

        assertEquals(DELIVERED, sender.send(PHONE, unseen, until));

        FakeApns.Received received = apns.received().get(0);
        assertEquals("background", received.headers().get("apns-push-type"));
        assertEquals("5", received.headers().get("apns-priority"));
        assertEquals(1, received.payload().path("aps").path("content-available").asInt());
    }

    @Test
    void saysSinceWhenATokenIsDead() {
        Instant since = TestClock.START.minusMillis(1_500);
        apns.unregister(PHONE.token(), since);

        assertEquals(new PushResult.TokenDead(since), sender.send(PHONE, MESSAGE, until));
    }

    @Test
    void aTokenOfAnotherEnvironmentIsDead() {
        apns.disown(PHONE.token());

        assertEquals(new PushResult.TokenDead(null), sender.send(PHONE, MESSAGE, until));
    }

    /** A wrong topic or key in the settings would otherwise forget the devices of all. */
    @ParameterizedTest
    @CsvSource({
        "400, DeviceTokenNotForTopic",
        "400, BadTopic",
        "403, InvalidProviderToken",
        "404, BadPath",
        "413, PayloadTooLarge"
    })
    void noOtherRefusalMakesATokenDead(int status, String reason) {
        apns.next().refuse(status, reason);

        assertEquals(
                new PushResult.Rejected("APNs answered " + status + " " + reason), sender.send(PHONE, MESSAGE, until));
    }

    @ParameterizedTest
    @CsvSource({"429, TooManyRequests", "500, InternalServerError", "503, ServiceUnavailable"})
    void comesBackLaterWhereApnsCannotNow(int status, String reason) {
        apns.next().refuse(status, reason, Duration.ofSeconds(30)).refuse(status, reason);

        String said = "APNs answered " + status + " " + reason;
        assertEquals(new PushResult.RetryLater(Duration.ofSeconds(30), said), sender.send(PHONE, MESSAGE, until));
        assertEquals(new PushResult.RetryLater(null, said), sender.send(PHONE, MESSAGE, until));
        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
    }

    @Test
    void foreignWordsOfARefusalAreNotTold() {
        apns.next().refuse(400, "line\nof a log");

        assertEquals(new PushResult.Rejected("APNs answered 400 "), sender.send(PHONE, MESSAGE, until));
    }

    @Test
    void aProviderTokenServesForThreeQuartersOfAnHour() {
        sender.send(PHONE, MESSAGE, until);
        clock.advance(Duration.ofMinutes(45).minusSeconds(1));
        sender.send(PHONE, MESSAGE, until);
        assertEquals(1, apns.providerTokens());

        clock.advance(Duration.ofSeconds(1));

        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
        assertEquals(2, apns.providerTokens());
    }

    @Test
    void anExpiredProviderTokenIsRenewedOnceAndTheMessageSent() {
        sender.send(PHONE, MESSAGE, until);
        clock.advance(Duration.ofMinutes(1));
        apns.next().refuse(403, "ExpiredProviderToken");

        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
        assertEquals(2, apns.providerTokens());
    }

    /** Apple refuses more than one in twenty minutes, and a clock that is wrong would make one for each message. */
    @Test
    void noMoreThanOneInTwentyMinutesIsRenewed() {
        apns.next().refuse(403, "ExpiredProviderToken").refuse(403, "ExpiredProviderToken");
        assertInstanceOf(PushResult.RetryLater.class, sender.send(PHONE, MESSAGE, until));
        clock.advance(Duration.ofMinutes(1));
        apns.next().refuse(403, "ExpiredProviderToken");

        PushResult second = sender.send(PHONE, MESSAGE, until);

        assertEquals(
                Duration.ofMinutes(20),
                assertInstanceOf(PushResult.RetryLater.class, second).after());
        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
        assertEquals(1, apns.providerTokens());
    }

    @Test
    void aMessageThatIsTooLargeIsNotEvenSent() {
        PushMessage escaped = PushMessage.of("t", "\"".repeat(3_000));

        assertInstanceOf(PushResult.Rejected.class, sender.send(PHONE, escaped, until));
        assertEquals(0, apns.received().size());
        assertEquals(0, apns.providerTokens());
    }

    @Test
    void aCutConnectionIsTriedAgainLaterAndWorksThen() {
        apns.next().cut();

        assertInstanceOf(PushResult.RetryLater.class, sender.send(PHONE, MESSAGE, until));
        assertEquals(DELIVERED, sender.send(PHONE, MESSAGE, until));
    }

    @Test
    void aSilentConnectionHoldsNobodyForLongAndIsLeft() {
        ApnsSender impatient = ApnsSender.of(apns.key(), APP, apns.line().timeout(Duration.ofSeconds(1)));
        assertEquals(DELIVERED, impatient.send(PHONE, MESSAGE, until));
        int before = apns.clients();
        apns.next().silence();

        assertInstanceOf(PushResult.RetryLater.class, impatient.send(PHONE, MESSAGE, until));

        assertEquals(before + 1, apns.clients());
        assertEquals(DELIVERED, impatient.send(PHONE, MESSAGE, until));
    }

    @Test
    void nothingThatIsPrintedHasTheKeyOrATokenInIt() {
        String printed = sender + " " + apns.key() + " " + PHONE + " " + MESSAGE;

        assertFalse(printed.contains(PHONE.token()));
        assertFalse(printed.contains("On its way"));
        assertFalse(printed.contains("PRIVATE"));
    }
}
