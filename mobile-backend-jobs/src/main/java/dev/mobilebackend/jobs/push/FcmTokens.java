// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The access token of the moment, fetched by one of those that need it. Thread safe. */
final class FcmTokens {

    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /** Renewed so long before its end, and kept no longer than a day whatever it says. */
    private static final Duration MARGIN = Duration.ofMinutes(5);

    private static final long LONGEST_SECONDS = 86_400;

    private final FcmAccount account;
    private final Remote remote;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Token current;

    record Token(String text, Instant from, Instant until) {

        boolean isValid(Instant now) {
            return !now.isBefore(from) && now.isBefore(until);
        }

        @Override
        public String toString() {
            return "Token[" + until + ", hidden]";
        }
    }

    /** No token, and what becomes of the message. */
    static final class NoTokenException extends Exception {

        private static final long serialVersionUID = 1;

        private final transient PushResult result;

        NoTokenException(PushResult result) {
            super(result.toString());
            this.result = result;
        }

        PushResult result() {
            return result;
        }
    }

    FcmTokens(FcmAccount account, Remote remote) {
        this.account = account;
        this.remote = remote;
    }

    /**
     * A token that is valid, and not the one that was refused. Who waits for another's fetch gives up when a fetch of
     * its own would have: otherwise a silent endpoint held one after the other for as long again.
     */
    Token other(@Nullable Token refused) throws IOException, NoTokenException {
        Token known = usable(refused);
        if (known != null) {
            return known;
        }
        if (!tryLock()) {
            throw new IOException("no access token within " + remote.timeout());
        }
        try {
            Token meanwhile = usable(refused);
            return meanwhile == null ? fetch() : meanwhile;
        } finally {
            fetching.unlock();
        }
    }

    private @Nullable Token usable(@Nullable Token refused) {
        Token known = current;
        return known != null && !known.equals(refused) && known.isValid(remote.now()) ? known : null;
    }

    private boolean tryLock() throws IOException {
        try {
            return fetching.tryLock(remote.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopping);
        }
    }

    private Token fetch() throws IOException, NoTokenException {
        Instant now = remote.now();
        String form = "grant_type=" + URLEncoder.encode(GRANT, StandardCharsets.US_ASCII) + "&assertion="
                + account.assertion(now);
        HttpResponse<byte[]> response = remote.send(remote.request(account.tokenEndpoint())
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build());
        JsonNode body = Json.read(response.body());
        String text = body.path("access_token").asString("");
        if (response.statusCode() != 200 || text.isEmpty()) {
            throw refused(response, Json.word(body.path("error")));
        }
        long seconds = Math.min(body.path("expires_in").asLong(0), LONGEST_SECONDS);
        var token = new Token(text, now, now.plusSeconds(seconds).minus(MARGIN));
        current = token;
        return token;
    }

    private NoTokenException refused(HttpResponse<byte[]> response, String error) {
        int status = response.statusCode();
        String reason = "the token endpoint answered " + status + " " + error;
        boolean passing = status == 429 || status >= 500;
        return new NoTokenException(
                passing
                        ? new PushResult.RetryLater(remote.retryAfter(response), reason)
                        : new PushResult.Rejected(reason));
    }
}
