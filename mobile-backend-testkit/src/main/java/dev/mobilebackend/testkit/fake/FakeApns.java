// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.fake;

import dev.mobilebackend.jobs.push.ApnsKey;
import dev.mobilebackend.jobs.push.PushLine;
import dev.mobilebackend.testkit.fake.FakePlatform.Ask;
import dev.mobilebackend.testkit.fake.FakePlatform.Reply;
import dev.mobilebackend.testkit.fake.NextAnswer.Fault;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * APNs on a loopback port: HTTP/2 over TLS, provider tokens that are checked and expire, tokens of devices that die, and
 * the limits of the real one. It needs {@code jetty-http2-server} and {@code jetty-alpn-java-server} on the class path.
 *
 * <pre>{@code
 * try (var apns = FakeApns.start(clock)) {
 *     PushSender sender = ApnsSender.of(apns.key(), "com.example.shop", apns.line());
 *     ...
 *     assertEquals("Your order is on its way", apns.received().get(0).title());
 * }
 * }</pre>
 *
 * Thread safe.
 */
public final class FakeApns implements AutoCloseable {

    private static final String TEAM = "TEAM000001";
    private static final String KEY = "KEY0000001";
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final int MOST_BYTES = 4_096;
    private static final String PATH = "/3/device/";

    private final InstantSource clock;
    private final KeyPair keys;
    private final FakePlatform platform;
    private final NextAnswer next = new NextAnswer();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<String> providerTokens = new CopyOnWriteArrayList<>();
    private final Map<String, Reply> dead = new ConcurrentHashMap<>();

    /**
     * A message as it came.
     *
     * @param headers by their names in lower case, such as {@code apns-priority}
     */
    public record Received(String token, Map<String, String> headers, JsonNode payload) {

        /** What the phone shows above, or nothing. */
        public String title() {
            return payload.path("aps").path("alert").path("title").asString("");
        }
    }

    private FakeApns(InstantSource clock) {
        this.clock = clock;
        try {
            keys = LoopbackTls.keyPair();
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException("the JDK could not make a key on P-256", failed);
        }
        platform = new FakePlatform(this::answer);
    }

    /** One whose provider tokens expire by this clock. */
    public static FakeApns start(InstantSource clock) {
        return new FakeApns(clock);
    }

    /** The key that it knows its sender by. */
    public ApnsKey key() {
        return ApnsKey.parse(TEAM, KEY, FakePlatform.pem(keys.getPrivate()).getBytes(StandardCharsets.US_ASCII));
    }

    /** How it is reached. */
    public PushLine line() {
        return platform.line(clock);
    }

    /** What becomes of the next messages. */
    public NextAnswer next() {
        return next;
    }

    /** The messages that it took, the first one first. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** How many different provider tokens it has been shown. */
    public long providerTokens() {
        return providerTokens.stream().distinct().count();
    }

    /** How many clients its lines have made. */
    public int clients() {
        return platform.clients();
    }

    /** A device whose app was removed at this time: 410. */
    public void unregister(String token, Instant since) {
        dead.put(token, Reply.of(410, Map.of("reason", "Unregistered", "timestamp", since.toEpochMilli())));
    }

    /** A token that is none of this environment's: 400. */
    public void disown(String token) {
        dead.put(token, refusal(400, "BadDeviceToken"));
    }

    private Reply answer(Ask ask) {
        Fault fault = next.poll();
        if (fault instanceof Fault.Refusal refusal) {
            return new Reply(refusal.status(), Map.of("reason", refusal.reason()), refusal);
        }
        Reply refused = check(ask);
        if (refused != null) {
            return refused;
        }
        if (!(fault instanceof Fault.Silence)) {
            received.add(new Received(ask.path().substring(PATH.length()), ask.headers(), json(ask.body())));
        }
        return new Reply(200, Map.of(), fault);
    }

    private @Nullable Reply check(Ask ask) {
        if (!ask.method().equals("POST")) {
            return refusal(405, "MethodNotAllowed");
        }
        if (!ask.path().startsWith(PATH)) {
            return refusal(404, "BadPath");
        }
        Reply refused = checkProvider(ask.header("authorization"));
        return refused != null ? refused : checkMessage(ask);
    }

    private @Nullable Reply checkProvider(String authorization) {
        if (!authorization.startsWith("bearer ")) {
            return refusal(403, "MissingProviderToken");
        }
        String token = authorization.substring("bearer ".length());
        providerTokens.add(token);
        JsonNode claims = FakePlatform.claims(token, "SHA256withECDSAinP1363Format", keys.getPublic());
        if (claims == null || !claims.path("iss").asString("").equals(TEAM)) {
            return refusal(403, "InvalidProviderToken");
        }
        Instant issued = Instant.ofEpochSecond(claims.path("iat").asLong(0));
        return issued.plus(LIFETIME).isBefore(clock.instant()) ? refusal(403, "ExpiredProviderToken") : null;
    }

    private @Nullable Reply checkMessage(Ask ask) {
        Reply gone = dead.get(ask.path().substring(PATH.length()));
        if (gone != null) {
            return gone;
        }
        boolean background = ask.header("apns-push-type").equals("background");
        if (ask.header("apns-topic").isEmpty()) {
            return refusal(400, "MissingTopic");
        }
        if (ask.header("apns-collapse-id").getBytes(StandardCharsets.UTF_8).length > 64) {
            return refusal(400, "BadCollapseId");
        }
        if (!ask.header("apns-priority").matches(background ? "5|1" : "10|5|1")) {
            return refusal(400, "BadPriority");
        }
        if (!ask.header("apns-expiration").matches("\\d+")) {
            return refusal(400, "BadExpirationDate");
        }
        if (ask.body().isEmpty()) {
            return refusal(400, "PayloadEmpty");
        }
        return ask.body().getBytes(StandardCharsets.UTF_8).length > MOST_BYTES ? refusal(413, "PayloadTooLarge") : null;
    }

    private static JsonNode json(String body) {
        try {
            return FakePlatform.JSON.readTree(body);
        } catch (JacksonException broken) {
            throw new IllegalArgumentException("the payload was no JSON", broken);
        }
    }

    private static Reply refusal(int status, String reason) {
        return Reply.of(status, Map.of("reason", reason));
    }

    @Override
    public void close() {
        platform.close();
    }
}
