// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import org.jspecify.annotations.Nullable;

/**
 * Who presents a refresh token: what they prove of themselves, and what is known of them beside that.
 *
 * @param proof what only the app installation can make, if it sent one
 * @param keyThumbprint the key that they proved to hold by a signature over this request, if they did (RFC 9449)
 * @param appVersion the app's version if it said one, kept for the owner's list
 * @param place where the request came from if that is known, kept for the owner's list
 */
public record Presenter(
        @Nullable RotationProof proof,
        @Nullable String keyThumbprint,
        @Nullable String appVersion,
        @Nullable String place) {

    /** Somebody of whom only the proof is known, if that. */
    public static Presenter of(@Nullable RotationProof proof) {
        return new Presenter(proof, null, null, null);
    }
}
