// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * What a phone keeps of a sign-in.
 *
 * @param accessToken goes with every request
 * @param refreshToken buys the next pair
 * @param sessionId the session they belong to
 * @param renewFrom when nine tenths of the access token's life are over, and the phone refreshes before it asks
 */
public record Tokens(String accessToken, String refreshToken, String sessionId, Instant renewFrom) {

    /**
     * The tokens in the answer to a sign-in or a refresh.
     *
     * @throws IllegalStateException if the answer has none
     */
    static Tokens in(Reply reply, Instant now) {
        JsonNode json = reply.json();
        return new Tokens(
                member(json, "accessToken").asString(),
                member(json, "refreshToken").asString(),
                member(json, "sessionId").asString(),
                renewFrom(json, now));
    }

    /** The same session with the access token of an answer that has no refresh token. */
    Tokens withAccess(Reply reply, Instant now) {
        JsonNode json = reply.json();
        return new Tokens(member(json, "accessToken").asString(), refreshToken, sessionId, renewFrom(json, now));
    }

    @Override
    public String toString() {
        return "Tokens[hidden, sessionId=" + sessionId + ", renewFrom=" + renewFrom + "]";
    }

    private static Instant renewFrom(JsonNode json, Instant now) {
        Duration lifetime = Duration.ofSeconds(member(json, "expiresIn").asLong());
        return now.plus(lifetime.multipliedBy(9).dividedBy(10));
    }

    private static JsonNode member(JsonNode json, String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            throw new IllegalStateException(
                    "an answer with tokens must have " + name + ", had only " + json.propertyNames());
        }
        return value;
    }
}
