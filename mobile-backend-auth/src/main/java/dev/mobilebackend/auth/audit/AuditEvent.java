// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and has to be accounted for. Holds no secret: neither a password nor a code nor a token.
 *
 * @param type a word such as {@code sign-in.failed}; the library's own are in {@link AuditEvents}
 * @param accountId whom it concerns, where that is known
 * @param actorId the account of whoever did it: the same one, staff, or nobody for a stranger or the system itself
 * @param sessionId the session that it happened in or to
 * @param details what else helps to understand it, such as {@code client} and {@code requestId}; personal data belongs
 *     here, where it can be erased
 * @param at to the microsecond, as databases keep it
 */
public record AuditEvent(
        String type,
        @Nullable String accountId,
        @Nullable String actorId,
        @Nullable String sessionId,
        Map<String, String> details,
        Instant at) {

    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]{0,39}(\\.[a-z][a-z0-9-]{0,39}){0,3}");

    public AuditEvent {
        requireNonNull(type, "type must not be null: such as sign-in.failed");
        requireNonNull(details, "details must not be null: Map.of() has none");
        requireNonNull(at, "at must not be null: when it happened");
        if (!TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException(
                    "type must be lower-case words with dots between them, such as sign-in.failed, was '" + type + "'");
        }
        details = Map.copyOf(details);
        at = at.truncatedTo(ChronoUnit.MICROS);
    }

    AuditEvent with(Map<String, String> otherDetails) {
        return new AuditEvent(type, accountId, actorId, sessionId, otherDetails, at);
    }
}
