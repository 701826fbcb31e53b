// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import dev.mobilebackend.auth.session.Place;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device on which an account was signed in.
 *
 * @param tag stands for the device at this account, and tells neither which device it is nor that another account was
 *     signed in on it
 * @param seenAt the newest sign-in
 * @param place roughly where that was, where it is known
 */
public record KnownDevice(
        String tag, Instant seenAt, @Nullable Place place) {}
