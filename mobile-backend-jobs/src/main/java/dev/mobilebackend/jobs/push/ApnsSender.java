// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import dev.mobilebackend.jobs.push.PushMessage.Urgency;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Messages by APNs, over HTTP/2 and with a provider token: what Apple calls "Sending notification requests to APNs".
 * Thread safe.
 *
 * <pre>{@code
 * PushSender apns = ApnsSender.of(key, "com.example.shop");
 * }</pre>
 */
public final class ApnsSender implements PushSender {

    /** For apps from the App Store and TestFlight. */
    public static final URI PRODUCTION = URI.create("https://api.push.apple.com");

    /** For apps that a developer put on a device: their tokens are dead in production, and the other way round. */
    public static final URI SANDBOX = URI.create("https://api.sandbox.push.apple.com");

    private final URI base;
    private final String topic;
    private final ApnsTokens tokens;
    private final Remote remote;
    /** What APNs said: a status, and a word where it took no message. */
    private record Answer(HttpResponse<byte[]> response, JsonNode body, String reason) {

        @Override
        public String toString() {
            return "APNs answered " + response.statusCode() + " " + reason;
        }
    }

    private ApnsSender(ApnsKey key, String topic, PushLine line) {
        PushAddress.checkApp(topic);
        this.base = line.platform();
        this.topic = topic;
        this.tokens = new ApnsTokens(key, line.clock());
        this.remote = new Remote(line);
    }

    /** To {@link #PRODUCTION}; the topic is the app's bundle id. */
    public static ApnsSender of(ApnsKey key, String topic) {
        return of(key, topic, PushLine.to(PRODUCTION));
    }

    /** To another one of Apple's, by clients or a clock of one's own. */
    public static ApnsSender of(ApnsKey key, String topic, PushLine line) {
        return new ApnsSender(key, topic, line);
    }

    @Override
    public PushResult send(PushAddress address, PushMessage message, Instant until) {
        byte[] payload = payload(message);
        if (payload.length > PushMessage.MOST_BYTES) {
            return new PushResult.Rejected(
                    "APNs takes " + PushMessage.MOST_BYTES + " bytes, and this message has " + payload.length);
        }
        HttpRequest.Builder request = request(address, message, until).POST(BodyPublishers.ofByteArray(payload));
        try {
            return result(ask(request));
        } catch (IOException failed) {
            return new PushResult.RetryLater(null, "APNs did not answer: " + failed.getMessage());
        }
    }

    private Answer ask(HttpRequest.Builder request) throws IOException {
        ApnsTokens.Token token = tokens.current();
        Answer answer = ask(request, token);
        ApnsTokens.Token fresh = isExpired(answer) ? tokens.insteadOf(token) : null;
        return fresh == null ? answer : ask(request, fresh);
    }

    private Answer ask(HttpRequest.Builder request, ApnsTokens.Token token) throws IOException {
        HttpResponse<byte[]> response = remote.send(
                request.setHeader("authorization", "bearer " + token.text()).build());
        JsonNode body = Json.read(response.body());
        return new Answer(response, body, Json.word(body.path("reason")));
    }

    private PushResult result(Answer answer) {
        int status = answer.response.statusCode();
        if (status == 200) {
            return new PushResult.Delivered();
        }
        if (status == 410) {
            return new PushResult.TokenDead(since(answer.body.path("timestamp")));
        }
        if (answer.reason.equals("BadDeviceToken")) {
            return new PushResult.TokenDead(null);
        }
        if (isExpired(answer) || answer.reason.equals("TooManyProviderTokenUpdates")) {
            return new PushResult.RetryLater(ApnsTokens.PAUSE, answer + ": is this machine's clock right?");
        }
        if (status == 429 || status >= 500) {
            return new PushResult.RetryLater(remote.retryAfter(answer.response), answer.toString());
        }
        return new PushResult.Rejected(answer.toString());
    }

    private static boolean isExpired(Answer answer) {
        return answer.response.statusCode() == 403 && answer.reason.equals("ExpiredProviderToken");
    }

    private static @Nullable Instant since(JsonNode timestamp) {
        return timestamp.isIntegralNumber() && timestamp.canConvertToLong()
                ? Instant.ofEpochMilli(timestamp.longValue())
                : null;
    }

    private HttpRequest.Builder request(PushAddress address, PushMessage message, Instant until) {
        boolean atOnce = message.shows() && message.urgency() != Urgency.LOW;
        HttpRequest.Builder request = remote.request(base.resolve("/3/device/" + address.token()))
                .header("apns-topic", topic)
                .header("apns-push-type", message.shows() ? "alert" : "background")
                .header("apns-priority", atOnce ? "10" : "5")
                .header("apns-expiration", Long.toString(until.getEpochSecond()));
        if (message.collapseKey() != null) {
            request.header("apns-collapse-id", message.collapseKey());
        }
        return request;
    }

    private static byte[] payload(PushMessage message) {
        var aps = new HashMap<String, Object>();
        if (message.title() != null && message.body() != null) {
            aps.put("alert", Map.of("title", message.title(), "body", message.body()));
            if (message.urgency() != Urgency.LOW) {
                aps.put("sound", "default");
            }
        } else {
            aps.put("content-available", 1);
        }
        var payload = new HashMap<String, Object>(message.data());
        payload.put("aps", aps);
        return Json.write(payload);
    }

    @Override
    public String toString() {
        return "ApnsSender[" + base + ", " + topic + "]";
    }
}
