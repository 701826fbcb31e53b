// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.time.Instant;

/** When and why a session was ended before its time. */
public record Revocation(Instant at, Reason reason) {

    /** Why a session was ended; stored by name. */
    public enum Reason {
        /** The device itself signed out. */
        SIGNED_OUT,
        /** The account's owner ended it from another device. */
        ENDED_BY_OWNER,
        /** A used refresh token came again from somewhere else: one of the two holders had copied it. */
        REPLAYED,
        /** The account's password was changed, on another device. */
        PASSWORD_CHANGED,
        /** The account it belonged to is gone. */
        ACCOUNT_GONE
    }
}
