// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import dev.failsafe.CircuitBreaker;
import dev.mobilebackend.core.remote.RemoteCall;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breached passwords by the range API of Have I Been Pwned: it is told the first five digits of a SHA-1 and answers
 * with all that begin so, among made-up ones, and so learns nothing that helps to guess. Where it does not answer in
 * time the password is accepted: people can sign up without it. After several failures it is not asked for half a
 * minute. Thread safe.
 *
 * <pre>{@code
 * BreachedPasswords breached = BreachedPasswordRange.at(URI.create("https://api.pwnedpasswords.com/"));
 * }</pre>
 */
public final class BreachedPasswordRange implements BreachedPasswords {

    private static final Logger LOG = LoggerFactory.getLogger(BreachedPasswordRange.class);
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int PREFIX = 5;

    /** A padded range has about 40 KB. */
    static final int MOST_BYTES = 1 << 18;

    private final URI base;
    private final HttpClient client;
    private final Duration timeout;
    private final CircuitBreaker<Object> breaker;
    private final AtomicLong unanswered = new AtomicLong();

    BreachedPasswordRange(URI base, HttpClient client, Duration timeout, Duration pause) {
        String host = base.getHost();
        if (host == null
                || !base.getPath().endsWith("/")
                || !("https".equals(base.getScheme()) || LOOPBACK.contains(host))) {
            throw new IllegalArgumentException(
                    "base must be an https address that ends in /, such as https://api.pwnedpasswords.com/, was "
                            + base);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, was " + timeout);
        }
        this.base = base;
        this.client = client;
        this.timeout = timeout;
        this.breaker = CircuitBreaker.builder()
                .withFailureThreshold(5, 10)
                .withDelay(pause)
                .onOpen(event -> LOG.warn(
                        "{} does not answer: new passwords are accepted for {} without asking whether they are breached",
                        base,
                        pause))
                .build();
    }

    /** Asked under this address, for a second at most. */
    public static BreachedPasswordRange at(URI base) {
        return at(base, HttpClient.newHttpClient(), Duration.ofSeconds(1));
    }

    /**
     * Asked under this address.
     *
     * @param client knows of proxies and the like, and stays the caller's
     * @param timeout for the whole answer
     */
    public static BreachedPasswordRange at(URI base, HttpClient client, Duration timeout) {
        return new BreachedPasswordRange(base, client, timeout, Duration.ofSeconds(30));
    }

    @Override
    public boolean contains(char[] password) {
        if (!breaker.tryAcquirePermit()) {
            unanswered.incrementAndGet();
            return false;
        }
        String digits = HexFormat.of().withUpperCase().formatHex(Sha1.of(password));
        try {
            String range = ask(digits.substring(0, PREFIX));
            breaker.recordSuccess();
            return range.lines().anyMatch(line -> isListed(line, digits.substring(PREFIX)));
        } catch (IOException failed) {
            breaker.recordException(failed);
            unanswered.incrementAndGet();
            LOG.info("{} was asked about a password and did not answer: {}", base, failed.getMessage());
            return false;
        }
    }

    /** How many passwords have been accepted because nobody answered; for a gauge. */
    public long unanswered() {
        return unanswered.get();
    }

    private String ask(String prefix) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("range/" + prefix))
                .header("Add-Padding", "true")
                .header("User-Agent", "mobile-backend")
                .timeout(timeout)
                .build();
        HttpResponse<byte[]> response = RemoteCall.send(client, request, timeout, MOST_BYTES);
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        return new String(response.body(), StandardCharsets.US_ASCII);
    }

    /** Lines are the other 35 digits, a colon and how often it was seen, where nought means that it is made up. */
    private static boolean isListed(String line, String rest) {
        int colon = line.indexOf(':');
        return colon > 0
                && line.substring(0, colon).toUpperCase(Locale.ROOT).equals(rest)
                && !line.substring(colon + 1).strip().equals("0");
    }
}
