// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.fake;

import dev.mobilebackend.jobs.push.FcmAccount;
import dev.mobilebackend.jobs.push.PushLine;
import dev.mobilebackend.testkit.fake.FakePlatform.Ask;
import dev.mobilebackend.testkit.fake.FakePlatform.Reply;
import dev.mobilebackend.testkit.fake.NextAnswer.Fault;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Firebase Cloud Messaging on a loopback port, with the endpoint that gives access tokens. It needs what
 * {@link FakeApns} needs.
 *
 * <pre>{@code
 * try (var fcm = FakeFcm.start(clock)) {
 *     PushSender sender = FcmSender.of(fcm.account(), fcm.line());
 *     ...
 *     assertEquals("Your order is on its way", fcm.received().get(0).title());
 * }
 * }</pre>
 *
 * Thread safe.
 */
public final class FakeFcm implements AutoCloseable {

    private static final String PROJECT = "fake-project";
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final Pattern ASSERTION = Pattern.compile("(?:^|&)assertion=([^&]*)");

    private final InstantSource clock;
    private final FakePlatform platform;
    private final NextAnswer next = new NextAnswer();
    private final NextAnswer nextAccess = new NextAnswer();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Map<String, Instant> accessTokens = new ConcurrentHashMap<>();
    private final AtomicInteger issued = new AtomicInteger();
    private final Map<String, Reply> dead = new ConcurrentHashMap<>();

    /** Made once: a key of this kind takes long to find. */
    private static final class AccountKey {

        static final KeyPair PAIR = make();

        private static KeyPair make() {
            try {
                var generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2_048);
                return generator.generateKeyPair();
            } catch (GeneralSecurityException failed) {
                throw new IllegalStateException("the JDK could not make an RSA key", failed);
            }
        }
    }

    /** A message as it came. */
    public record Received(String token, JsonNode message) {

        /** What the phone shows above, or nothing. */
        public String title() {
            return message.path("notification").path("title").asString("");
        }
    }

    private FakeFcm(InstantSource clock) {
        this.clock = clock;
        platform = new FakePlatform(this::answer);
    }

    /** One whose access tokens expire by this clock. */
    public static FakeFcm start(InstantSource clock) {
        return new FakeFcm(clock);
    }

    /** The service account that may send. */
    public FcmAccount account() {
        return FcmAccount.parse(FakePlatform.JSON.writeValueAsBytes(Map.of(
                "type",
                "service_account",
                "project_id",
                PROJECT,
                "client_email",
                "push@" + PROJECT + ".iam.gserviceaccount.com",
                "private_key_id",
                "0123456789",
                "private_key",
                FakePlatform.pem(AccountKey.PAIR.getPrivate()),
                "token_uri",
                platform.uri() + "/token")));
    }

    /** How it is reached. */
    public PushLine line() {
        return platform.line(clock);
    }

    /** What becomes of the next messages. */
    public NextAnswer next() {
        return next;
    }

    /** What becomes of the next requests for an access token. */
    public NextAnswer nextAccess() {
        return nextAccess;
    }

    /** The messages that it took, the first one first. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** How many access tokens it has given. */
    public int accessTokens() {
        return issued.get();
    }

    /** How many clients its lines have made. */
    public int clients() {
        return platform.clients();
    }

    /** Access tokens that it gave until now are worth nothing: 401. */
    public void revokeAccess() {
        accessTokens.clear();
    }

    /** A device whose app was removed: 404. */
    public void unregister(String token) {
        dead.put(token, refusal(404, "UNREGISTERED"));
    }

    /** A device that another project's app gave its token: 403. */
    public void disown(String token) {
        dead.put(token, refusal(403, "SENDER_ID_MISMATCH"));
    }

    private Reply answer(Ask ask) {
        return ask.path().equals("/token") ? grant(ask) : take(ask);
    }

    private Reply grant(Ask ask) {
        Fault fault = nextAccess.poll();
        if (fault instanceof Fault.Refusal refusal) {
            return new Reply(refusal.status(), Map.of("error", refusal.reason()), refusal);
        }
        var assertion = ASSERTION.matcher(ask.body());
        JsonNode claims = assertion.find()
                ? FakePlatform.claims(
                        URLDecoder.decode(assertion.group(1), StandardCharsets.US_ASCII),
                        "SHA256withRSA",
                        AccountKey.PAIR.getPublic())
                : null;
        Instant now = clock.instant();
        if (claims == null
                || !claims.path("aud").asString("").equals(platform.uri() + "/token")
                || claims.path("exp").asLong(0) <= now.getEpochSecond()) {
            return Reply.of(400, Map.of("error", "invalid_grant"));
        }
        String token = "access-" + issued.incrementAndGet();
        accessTokens.put(token, now.plus(LIFETIME));
        return new Reply(
                200, Map.of("access_token", token, "expires_in", LIFETIME.toSeconds(), "token_type", "Bearer"), fault);
    }

    private Reply take(Ask ask) {
        Fault fault = next.poll();
        if (fault instanceof Fault.Refusal refusal) {
            Reply refused = refusal(refusal.status(), refusal.reason());
            return new Reply(refused.status(), refused.body(), refusal);
        }
        if (!ask.path().equals("/v1/projects/" + PROJECT + "/messages:send")) {
            return Reply.of(404, Map.of("error", Map.of("code", 404, "status", "NOT_FOUND")));
        }
        String access = ask.header("authorization").replaceFirst("^Bearer ", "");
        if (!clock.instant().isBefore(accessTokens.getOrDefault(access, Instant.MIN))) {
            return Reply.of(401, Map.of("error", Map.of("code", 401, "status", "UNAUTHENTICATED")));
        }
        JsonNode message = FakePlatform.JSON.readTree(ask.body()).path("message");
        String token = message.path("token").asString("");
        Reply gone = dead.get(token);
        if (gone != null) {
            return gone;
        }
        if (!(fault instanceof Fault.Silence)) {
            received.add(new Received(token, message));
        }
        return new Reply(200, Map.of("name", "projects/" + PROJECT + "/messages/" + received.size()), fault);
    }

    private static Reply refusal(int status, String code) {
        return Reply.of(
                status,
                Map.of(
                        "error",
                        Map.of(
                                "code",
                                status,
                                "details",
                                List.of(Map.of(
                                        "@type",
                                        "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                                        "errorCode",
                                        code)))));
    }

    @Override
    public void close() {
        platform.close();
    }
}
