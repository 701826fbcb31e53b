// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.exchange.Authentication;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One signed-in device. Holds nothing that a refresh token could be made from.
 *
 * @param id 128 random bits in base64url; not a secret
 * @param accountId whose session it is; {@link #NOBODY} once that account is gone
 * @param place where it was seen last, for its owner to read, such as {@code Berlin, DE}
 * @param authentication when and how the person last showed who they are; no refresh moves it
 * @param keyThumbprint the key in the device's hardware that each of its requests has to prove (RFC 9449), by its
 *     thumbprint (RFC 7638); null for a device that brought none at sign-in
 * @param counter the number of the newest refresh token that was given out, 0 at sign-in
 * @param proofs what the client proved its last rotations with; empty for a client that sends no proofs
 * @param createdAt when the device signed in
 * @param refreshedAt when the counter moved last, at first the sign-in
 * @param previousRefreshedAt when it moved the time before, which is when the last token but one was used; until then
 *     the sign-in
 * @param expiresAt when it ends unless it is refreshed before; never after {@code endsAt}
 * @param endsAt when it ends in any case; no refresh moves it
 * @param revocation set once it was ended before its time
 */
public record Session(
        String id,
        String accountId,
        Device device,
        @Nullable String place,
        Authentication authentication,
        @Nullable String keyThumbprint,
        int counter,
        ProofTrail proofs,
        Instant createdAt,
        Instant refreshedAt,
        Instant previousRefreshedAt,
        Instant expiresAt,
        Instant endsAt,
        @Nullable Revocation revocation) {

    /** In place of the id of an account that is gone. */
    public static final String NOBODY = "nobody";

    public boolean isLive(Instant now) {
        return revocation == null && now.isBefore(expiresAt);
    }

    /** The same without whose it was, from which device and where. */
    Session nobodys() {
        return new Session(
                id,
                NOBODY,
                Device.UNKNOWN,
                null,
                authentication,
                null,
                counter,
                proofs,
                createdAt,
                refreshedAt,
                previousRefreshedAt,
                expiresAt,
                endsAt,
                revocation);
    }
}
