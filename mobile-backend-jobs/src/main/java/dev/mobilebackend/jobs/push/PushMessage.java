// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a phone shows, or what its app works on unseen. It passes through the platform's servers and over lock screens:
 * name what there is to see, and let the app fetch it.
 *
 * <pre>{@code
 * PushMessage.of("Your order is on its way", "It comes tomorrow").data("order", order.id()).collapse(order.id())
 * }</pre>
 *
 * @param title shown, or null together with the body where nothing is
 * @param data for the app
 * @param collapseKey a message takes the place of an earlier one with the same key
 * @param ttl how long it is worth to arrive, from when it is enqueued
 */
public record PushMessage(
        @Nullable String title,
        @Nullable String body,
        Map<String, String> data,
        @Nullable String collapseKey,
        Duration ttl,
        Urgency urgency) {

    /** What both platforms take at most. */
    public static final int MOST_BYTES = 4_096;

    /** What APNs takes as {@code apns-collapse-id}, a header field. */
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,64}");

    private static final Duration STANDARD_TTL = Duration.ofDays(1);
    private static final Duration LONGEST_TTL = Duration.ofDays(28);
    private static final Set<String> RESERVED = Set.of("aps", "from", "message_type");

    /** How much a message may disturb. */
    public enum Urgency {
        /** Comes at once, in quiet hours too: a call, a code, an alarm. */
        URGENT,
        /** Comes at once, and after quiet hours. */
        NORMAL,
        /** Comes without a sound, when the device is awake anyway. */
        LOW
    }

    public PushMessage {
        requireNonNull(urgency, "urgency must not be null");
        requireNonNull(ttl, "ttl must not be null");
        data = Map.copyOf(requireNonNull(data, "data must not be null: leave it empty"));
        if ((title == null) != (body == null)) {
            throw new IllegalArgumentException("title and body must both be there, or neither where nothing is shown");
        }
        if (title == null && data.isEmpty()) {
            throw new IllegalArgumentException("a message that shows nothing must have data");
        }
        if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(LONGEST_TTL) > 0) {
            throw new IllegalArgumentException("ttl must be from PT1S to 28 days, was " + ttl);
        }
        if (collapseKey != null && !KEY.matcher(collapseKey).matches()) {
            throw new IllegalArgumentException("collapseKey must be 1 to 64 visible ASCII characters, had "
                    + collapseKey.length() + ": use a digest of it");
        }
        data.keySet().forEach(PushMessage::checkKey);
        int size = bytes(title)
                + bytes(body)
                + data.entrySet().stream()
                        .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                        .sum();
        if (size > MOST_BYTES) {
            throw new IllegalArgumentException("title, body and data must have at most " + MOST_BYTES + " bytes, had "
                    + size + ": send what to fetch instead");
        }
    }

    /** Shown on the phone, within a day. */
    public static PushMessage of(String title, String body) {
        return new PushMessage(
                requireNonNull(title, "title must not be null"),
                requireNonNull(body, "body must not be null: leave it empty"),
                Map.of(),
                null,
                STANDARD_TTL,
                Urgency.NORMAL);
    }

    /** Wakes the app and shows nothing; a platform may hold it back, or drop it where there are many. */
    public static PushMessage unseen(Map<String, String> data) {
        return new PushMessage(null, null, data, null, STANDARD_TTL, Urgency.LOW);
    }

    public PushMessage data(String key, String value) {
        var more = new HashMap<>(data);
        more.put(key, value);
        return new PushMessage(title, body, more, collapseKey, ttl, urgency);
    }

    public PushMessage collapse(String key) {
        return new PushMessage(title, body, data, key, ttl, urgency);
    }

    public PushMessage ttl(Duration worth) {
        return new PushMessage(title, body, data, collapseKey, worth, urgency);
    }

    public PushMessage urgency(Urgency level) {
        return new PushMessage(title, body, data, collapseKey, ttl, level);
    }

    /** Whether the phone shows something. */
    boolean shows() {
        return title != null;
    }

    /** Whether it waits for the end of quiet hours. */
    boolean waitsForMorning() {
        return shows() && urgency != Urgency.URGENT;
    }

    /** APNs keeps {@code aps} for itself, FCM the others. */
    private static void checkKey(String key) {
        if (key.isEmpty() || RESERVED.contains(key) || key.startsWith("google") || key.startsWith("gcm")) {
            throw new IllegalArgumentException("a key of data must not be empty, one of " + RESERVED
                    + " or begin with google or gcm, was \"" + key + "\"");
        }
    }

    private static int bytes(@Nullable String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String toString() {
        return "PushMessage[" + urgency + ", ttl=" + ttl + ", hidden]";
    }
}
