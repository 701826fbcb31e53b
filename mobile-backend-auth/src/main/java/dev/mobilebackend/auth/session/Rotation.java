// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One use of a refresh token, as a store applies it.
 *
 * @param counter the presented token's counter
 * @param proof what the client proved the use with, if it did
 * @param keyThumbprint the key that the client proved to hold, if it did; a session that has a key is rotated with
 *     that one only
 * @param appVersion the app's version if it said one; otherwise the session keeps the one it has
 * @param place where it came from if that is known; otherwise the session keeps the one it has
 * @param at when the request came in
 * @param idleUntil when the session ends unless it is refreshed again, if its end in any case is not earlier
 */
public record Rotation(
        String sessionId,
        int counter,
        @Nullable RotationProof proof,
        @Nullable String keyThumbprint,
        @Nullable String appVersion,
        @Nullable String place,
        Instant at,
        Instant idleUntil) {}
