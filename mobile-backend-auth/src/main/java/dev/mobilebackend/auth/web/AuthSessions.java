// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.session.Session;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answer that lists the caller's sessions. */
record AuthSessions(List<Item> items) {

    record Item(
            String id,
            @Nullable String deviceName,
            @Nullable String appVersion,
            @Nullable String place,
            Instant createdAt,
            Instant lastSeenAt,
            boolean current) {

        static Item of(Session session, String currentId) {
            return new Item(
                    session.id(),
                    session.device().name(),
                    session.device().appVersion(),
                    session.place(),
                    session.createdAt(),
                    session.refreshedAt(),
                    session.id().equals(currentId));
        }
    }
}
