// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.session.Session;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes over the wire, as JSON. */
@SuppressWarnings("ArrayRecordComponent") // a password is wiped after its use, and no two bodies are compared
final class Bodies {

    private Bodies() {}

    record SignUp(String email, char[] password) {}

    record Verify(String email, String code) {

        @Override
        public String toString() {
            return "Verify[hidden]";
        }
    }

    record SignIn(String email, char[] password) {}

    record Refresh(String refreshToken) {

        @Override
        public String toString() {
            return "Refresh[hidden]";
        }
    }

    /** Names by RFC 6749 section 5.1, in camel case; the two lifetimes in seconds. */
    record Tokens(
            String accessToken,
            String tokenType,
            long expiresIn,
            String refreshToken,
            long refreshExpiresIn,
            String sessionId) {

        @Override
        public String toString() {
            return "Tokens[hidden, " + sessionId + "]";
        }
    }

    record SessionList(List<SessionItem> items) {}

    record SessionItem(
            String id,
            @Nullable String deviceName,
            @Nullable String appVersion,
            Instant createdAt,
            Instant lastSeenAt,
            boolean current) {

        static SessionItem of(Session session, String currentId) {
            return new SessionItem(
                    session.id(),
                    session.device().name(),
                    session.device().appVersion(),
                    session.createdAt(),
                    session.refreshedAt(),
                    session.id().equals(currentId));
        }
    }
}
