// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.net.URI;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A service account that may send by FCM, as Firebase's console gives it. */
public final class FcmAccount {

    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9:.-]{1,62}");

    private final String project;
    private final String email;
    private final String keyId;
    private final PrivateKey key;
    private final URI tokenEndpoint;

    private FcmAccount(String project, String email, String keyId, PrivateKey key, URI tokenEndpoint) {
        this.project = project;
        this.email = email;
        this.keyId = keyId;
        this.key = key;
        this.tokenEndpoint = tokenEndpoint;
    }

    /**
     * The account that a key is for.
     *
     * @param json the contents of the file of the service account's key
     * @throws IllegalArgumentException if it is not one
     */
    public static FcmAccount parse(byte[] json) {
        JsonNode account = Json.read(json);
        String project = text(account, "project_id");
        if (!PROJECT.matcher(project).matches()) {
            throw new IllegalArgumentException("project_id must be a project's, was \"" + project + "\"");
        }
        return new FcmAccount(
                project,
                text(account, "client_email"),
                text(account, "private_key_id"),
                Jwt.key(Jwt.Algorithm.RS256, text(account, "private_key")),
                PushLine.checkAddress(URI.create(text(account, "token_uri"))));
    }

    String project() {
        return project;
    }

    URI tokenEndpoint() {
        return tokenEndpoint;
    }

    /** What an access token is asked for with (RFC 7523 section 2.1). */
    String assertion(Instant now) {
        return Jwt.signed(
                Jwt.Algorithm.RS256,
                keyId,
                Map.of(
                        "iss", email,
                        "scope", SCOPE,
                        "aud", tokenEndpoint.toString(),
                        "iat", now.getEpochSecond(),
                        "exp", now.plus(LIFETIME).getEpochSecond()),
                key);
    }

    private static String text(JsonNode account, String field) {
        String text = account.path(field).asString("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the key of a service account must be JSON with " + field
                    + ": take the file as you got it from Firebase");
        }
        return text;
    }

    @Override
    public String toString() {
        return "FcmAccount[" + project + ", hidden]";
    }
}
