// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import dev.mobilebackend.core.ambient.Ambient;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A phone with one install of the app. It names its device and version in every request, gives each request that
 * changes something an {@code Idempotency-Key}, sends it again with the same key when the answer is lost or the
 * application asks it to come back later, and refreshes its tokens by itself.
 *
 * <pre>{@code
 * phone.signIn("ada@example.org", "correct horse battery");
 * Reply order = phone.post("/v1/orders", Map.of("productId", "p-7", "quantity", 1));
 * assertEquals(201, order.status());
 * }</pre>
 *
 * Thread safe, as an app whose screens load at once.
 */
public final class MobileClient {

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    private final URI base;
    private final AuthPaths auth;
    private final String deviceId;
    private final String appVersion;
    private final RandomGenerator random;
    private final @Nullable InstallSecret installSecret;
    private final Transport transport;
    private final TokenKeeper tokens;

    private MobileClient(Builder made) {
        base = made.base;
        auth = made.auth;
        random = made.random;
        deviceId = made.deviceId == null ? newUuid() : made.deviceId;
        appVersion = made.appVersion;
        installSecret = made.proofs ? new InstallSecret(random) : null;
        transport = new Transport(made.retry, made.clock, made.waiting);
        tokens = new TokenKeeper(made.clock, this::sendRefresh, made.tokens);
    }

    /**
     * The choices for a phone of this application.
     *
     * @param base what every path is appended to, such as {@code http://127.0.0.1:8080}
     */
    public static Builder builder(URI base) {
        return new Builder(base);
    }

    public Reply get(String path) {
        return request("GET", path).send();
    }

    /** Sends JSON; {@link Call#json} says from what. */
    public Reply post(String path, Object json) {
        return request("POST", path).json(json).send();
    }

    public Reply delete(String path) {
        return request("DELETE", path).send();
    }

    /** Any other request: its own header fields, another method, a body that is no JSON. */
    public Call request(String method, String path) {
        return new Call(method, path, this::send);
    }

    public Reply signUp(String email, String password) {
        return request("POST", auth.signUp())
                .anonymous()
                .json(Map.of("email", email, "password", password))
                .send();
    }

    /** Confirms the address with the code that was sent there; signed in if the answer is 200. */
    public Reply verify(String email, String code) {
        return signedInBy(request("POST", auth.verify()).json(Map.of("email", email, "code", code)));
    }

    /** Signed in if the answer is 200. */
    public Reply signIn(String email, String password) {
        return signedInBy(request("POST", auth.signIn()).json(Map.of("email", email, "password", password)));
    }

    /** Any other way in, such as {@code /v1/auth/code/sign-in}; signed in if the answer is 200 or 201. */
    public Reply signInBy(String path, Object json) {
        Reply reply = post(path, json);
        if (reply.status() == 200 || reply.status() == 201) {
            tokens.keep(reply);
        }
        return reply;
    }

    /**
     * Refreshes now. Tests need it to look at the answer; otherwise it happens by itself.
     *
     * @throws IllegalStateException if nobody is signed in
     */
    public Reply refresh() {
        return tokens.refresh();
    }

    /**
     * Shows once more who is there, by {@code password} or {@code code}; the phone goes on with the new access token if
     * the answer is 200.
     */
    public Reply stepUp(Object json) {
        Reply reply = post(auth.stepUp(), json);
        if (reply.status() == 200) {
            tokens.keepAccess(reply);
        }
        return reply;
    }

    /** Ends the session, and forgets the tokens unless the application refuses. */
    public Reply signOut() {
        Reply reply = request("POST", auth.signOut()).send();
        if (reply.status() < 300) {
            tokens.forget();
        }
        return reply;
    }

    /** The tokens, while somebody is signed in. */
    public Optional<Tokens> tokens() {
        return tokens.current();
    }

    public String deviceId() {
        return deviceId;
    }

    @Override
    public String toString() {
        return "MobileClient[" + deviceId + " at " + base + "]";
    }

    private Reply signedInBy(Call call) {
        Reply reply = call.anonymous().send();
        if (reply.status() == 200) {
            tokens.keep(reply);
        }
        return reply;
    }

    private Reply send(Call call) {
        if (!call.isSafe() && !call.has("Idempotency-Key")) {
            call.header("Idempotency-Key", newUuid());
        }
        if (call.isAnonymous()) {
            return transport.send(http(call, null));
        }
        Tokens used = tokens.forRequest().orElse(null);
        Reply reply = transport.send(http(call, used));
        if (reply.status() != 401 || used == null) {
            return reply;
        }
        return tokens.insteadOf(used)
                .map(renewed -> transport.send(http(call, renewed)))
                .orElse(reply);
    }

    private Reply sendRefresh(String refreshToken) {
        Call call = request("POST", auth.refresh()).anonymous().json(Map.of("refreshToken", refreshToken));
        if (installSecret != null) {
            call.header("Refresh-Proof", installSecret.proofFor(refreshToken));
        }
        return call.send();
    }

    private HttpRequest http(Call call, @Nullable Tokens carried) {
        var request = HttpRequest.newBuilder(URI.create(base + call.path()))
                .timeout(LONGEST_ANSWER)
                .method(
                        call.method(),
                        call.body().length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(call.body()))
                .setHeader("Device-Id", deviceId)
                .setHeader("App-Version", appVersion);
        if (carried != null) {
            request.setHeader("Authorization", "Bearer " + carried.accessToken());
        }
        call.headers().forEach(request::setHeader);
        return request.build();
    }

    /** A random UUID (RFC 9562 section 5.4) from this phone's own generator, so that a seed replays it. */
    private String newUuid() {
        long high = (random.nextLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L;
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** The choices for one phone. */
    public static final class Builder {

        private final URI base;
        private AuthPaths auth = AuthPaths.under("/v1/auth");
        private @Nullable String deviceId;
        private String appVersion = "1.0.0";
        private boolean proofs = true;
        private RetryPolicy retry = RetryPolicy.STANDARD;
        private InstantSource clock = Ambient.clock();
        private Consumer<Duration> waiting = RealTime::pass;
        private RandomGenerator random = Ambient.random();
        private @Nullable Tokens tokens;

        private Builder(URI base) {
            this.base = base;
        }

        public Builder auth(AuthPaths paths) {
            auth = paths;
            return this;
        }

        /** Says that it is this device, as anybody can; a new one unless said otherwise. */
        public Builder deviceId(String claimed) {
            deviceId = claimed;
            return this;
        }

        public Builder appVersion(String version) {
            appVersion = version;
            return this;
        }

        /** Refreshes without {@code Refresh-Proof}, as an app does that knows nothing of it. */
        public Builder withoutProofs() {
            proofs = false;
            return this;
        }

        public Builder retry(RetryPolicy policy) {
            retry = policy;
            return this;
        }

        /** Tells when tokens are about to expire. */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** What happens instead of waiting, such as {@code testClock::advance}. */
        public Builder waiting(Consumer<Duration> pass) {
            waiting = pass;
            return this;
        }

        /** Where the device id, the install secret and the idempotency keys come from. */
        public Builder random(RandomGenerator generator) {
            random = generator;
            return this;
        }

        /** Starts signed in with tokens from elsewhere, as a thief's phone does. */
        public Builder tokens(Tokens taken) {
            tokens = taken;
            return this;
        }

        public MobileClient build() {
            return new MobileClient(this);
        }
    }
}
