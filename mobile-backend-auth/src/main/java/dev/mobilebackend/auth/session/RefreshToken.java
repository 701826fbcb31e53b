// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

/** The secret a device refreshes its session with: the session's id, a counter and a MAC over both. Immutable. */
public final class RefreshToken {

    private final String sessionId;
    private final int counter;
    private final String text;

    RefreshToken(String sessionId, int counter, String text) {
        this.sessionId = sessionId;
        this.counter = counter;
        this.text = text;
    }

    public String sessionId() {
        return sessionId;
    }

    int counter() {
        return counter;
    }

    /** The token as it travels; keep it out of logs. */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return "RefreshToken[" + sessionId + ", " + counter + ", hidden]";
    }
}
