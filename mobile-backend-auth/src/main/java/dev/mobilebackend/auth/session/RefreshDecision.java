// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

/** What {@link Sessions#refresh} answers. */
public sealed interface RefreshDecision {

    /** The token was the newest; the session moved on to this one. */
    record Rotated(Session session, RefreshToken token) implements RefreshDecision {}

    /** The same client asked again: here is the same successor, and nothing moved. */
    record Repeated(Session session, RefreshToken token) implements RefreshDecision {}

    /** The token was used a moment ago and a newer one is out: no tokens, ask again with the newest one held. */
    record Retry() implements RefreshDecision {}

    /** This session's client sends rotation proofs and this request has none: no tokens, nothing moved. */
    record ProofMissing() implements RefreshDecision {}

    /** This session belongs to a key in hardware, and the request proved none or another: no tokens, nothing moved. */
    record WrongKey(Session session) implements RefreshDecision {}

    /** A used token came again from somebody else, so the session has been revoked now; it alone. */
    record Replayed(Session session) implements RefreshDecision {}

    /** The session had expired or had been revoked before, or its row is gone. */
    record Ended(String sessionId) implements RefreshDecision {}

    /** The text is not a token of ours; no store was asked. */
    record Unknown() implements RefreshDecision {}
}
