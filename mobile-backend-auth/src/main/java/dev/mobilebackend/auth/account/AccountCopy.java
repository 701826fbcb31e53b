// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.session.Session;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an account and its sessions, for its owner to take along (GDPR article 20); to be written as JSON,
 * with the application's own part beside it. Holds no secret.
 */
public record AccountCopy(
        String id,
        @Nullable String email,
        @Nullable String phone,
        @Nullable String displayName,
        List<String> roles,
        Instant createdAt,
        List<SignedInDevice> sessions) {

    /**
     * A device on which the owner is signed in.
     *
     * @param place where it was seen last
     * @param methods how its owner showed who they are, such as {@code pwd} (RFC 8176 section 2)
     * @param authenticatedAt when they did last
     * @param keyThumbprint of the key that it brought (RFC 7638)
     */
    public record SignedInDevice(
            String id,
            @Nullable String deviceId,
            @Nullable String deviceName,
            @Nullable String appVersion,
            @Nullable String place,
            List<String> methods,
            Instant authenticatedAt,
            @Nullable String keyThumbprint,
            Instant createdAt,
            Instant lastSeenAt) {

        static SignedInDevice of(Session session) {
            return new SignedInDevice(
                    session.id(),
                    session.device().id(),
                    session.device().name(),
                    session.device().appVersion(),
                    session.place(),
                    session.authentication().methods().stream().sorted().toList(),
                    session.authentication().at(),
                    session.keyThumbprint(),
                    session.createdAt(),
                    session.refreshedAt());
        }
    }

    static AccountCopy of(Account account, List<Session> sessions) {
        return new AccountCopy(
                account.id(),
                account.email() == null ? null : account.email().text(),
                account.phone() == null ? null : account.phone().text(),
                account.displayName(),
                account.roles().stream().sorted().toList(),
                account.createdAt(),
                sessions.stream().map(SignedInDevice::of).toList());
    }
}
