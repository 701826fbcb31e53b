// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import dev.mobilebackend.jobs.push.PushMessage.Urgency;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Messages to Android apps by the HTTP v1 API of Firebase Cloud Messaging. Thread safe.
 *
 * <pre>{@code
 * PushSender fcm = FcmSender.of(FcmAccount.parse(Files.readAllBytes(Path.of("service-account.json"))));
 * }</pre>
 */
public final class FcmSender implements PushSender {

    public static final URI PRODUCTION = URI.create("https://fcm.googleapis.com");

    /** What Google asks to wait where a 429 does not say. */
    private static final Duration QUOTA_PAUSE = Duration.ofMinutes(1);

    private final URI endpoint;
    private final FcmTokens tokens;
    private final Remote remote;

    /** What FCM said: a status, and its own code for the error, or else the one of all of Google's APIs. */
    private record Answer(HttpResponse<byte[]> response, String code) {

        static Answer of(HttpResponse<byte[]> response) {
            JsonNode error = Json.read(response.body()).path("error");
            for (JsonNode detail : error.path("details")) {
                String code = Json.word(detail.path("errorCode"));
                if (!code.isEmpty()) {
                    return new Answer(response, code);
                }
            }
            return new Answer(response, Json.word(error.path("status")));
        }

        @Override
        public String toString() {
            return "FCM answered " + response.statusCode() + " " + code;
        }
    }

    private FcmSender(FcmAccount account, PushLine line) {
        endpoint = line.platform().resolve("/v1/projects/" + account.project() + "/messages:send");
        remote = new Remote(line);
        tokens = new FcmTokens(account, new Remote(line));
    }

    /** To {@link #PRODUCTION}. */
    public static FcmSender of(FcmAccount account) {
        return of(account, PushLine.to(PRODUCTION));
    }

    /** By clients or a clock of one's own, which also fetch access tokens from where the account says. */
    public static FcmSender of(FcmAccount account, PushLine line) {
        return new FcmSender(account, line);
    }

    @Override
    public PushResult send(PushAddress address, PushMessage message, Instant until) {
        Map<String, Object> content = content(message);
        int size = Json.write(content).length;
        if (size > PushMessage.MOST_BYTES) {
            return new PushResult.Rejected(
                    "FCM takes " + PushMessage.MOST_BYTES + " bytes, and this message has " + size);
        }
        var envelope = new HashMap<>(content);
        envelope.put("token", address.token());
        envelope.put("android", android(message, until));
        byte[] body = Json.write(Map.of("message", envelope));
        try {
            FcmTokens.Token token = tokens.other(null);
            Answer answer = ask(token, body);
            if (answer.response.statusCode() == 401 && answer.code.equals("UNAUTHENTICATED")) {
                answer = ask(tokens.other(token), body);
            }
            return result(answer);
        } catch (FcmTokens.NoTokenException refused) {
            return refused.result();
        } catch (IOException failed) {
            return new PushResult.RetryLater(null, "FCM did not answer: " + failed.getMessage());
        }
    }

    private Answer ask(FcmTokens.Token token, byte[] body) throws IOException {
        return Answer.of(remote.send(remote.request(endpoint)
                .header("authorization", "Bearer " + token.text())
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build()));
    }

    /** A 404 without its own code is a project that is not there, and no reason to forget its devices. */
    private PushResult result(Answer answer) {
        int status = answer.response.statusCode();
        if (status == 200) {
            return new PushResult.Delivered();
        }
        if (answer.code.equals("UNREGISTERED") || answer.code.equals("SENDER_ID_MISMATCH")) {
            return new PushResult.TokenDead(null);
        }
        if (status == 429 || status >= 500) {
            Duration asked = remote.retryAfter(answer.response);
            return new PushResult.RetryLater(asked == null && status == 429 ? QUOTA_PAUSE : asked, answer.toString());
        }
        return new PushResult.Rejected(answer.toString());
    }

    private static Map<String, Object> content(PushMessage message) {
        var content = new HashMap<String, Object>();
        if (message.title() != null && message.body() != null) {
            content.put("notification", Map.of("title", message.title(), "body", message.body()));
        }
        if (!message.data().isEmpty()) {
            content.put("data", message.data());
        }
        return content;
    }

    /** The key collapses what is under way, the tag what is shown: as one id does both with APNs. */
    private Map<String, Object> android(PushMessage message, Instant until) {
        var android = new HashMap<String, Object>();
        boolean atOnce = message.shows() && message.urgency() != Urgency.LOW;
        android.put("priority", atOnce ? "HIGH" : "NORMAL");
        android.put("ttl", Math.max(0, Duration.between(remote.now(), until).toSeconds()) + "s");
        if (message.collapseKey() != null) {
            android.put("collapse_key", message.collapseKey());
            if (message.shows()) {
                android.put("notification", Map.of("tag", message.collapseKey()));
            }
        }
        return android;
    }

    @Override
    public String toString() {
        return "FcmSender[" + endpoint + "]";
    }
}
