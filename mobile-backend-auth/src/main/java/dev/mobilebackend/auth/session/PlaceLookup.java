// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.exchange.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * Tells where an address is used, by a database of such places that the application brings. It is asked at each sign-in
 * and refresh, so it has to know the answer without asking anybody over the network. Whoever it fails for
 * signs in without a place.
 */
@FunctionalInterface
public interface PlaceLookup {

    /** Knows no place. */
    PlaceLookup NONE = address -> null;

    /** The place, or null where it is not known. */
    @Nullable
    Place find(ClientAddress address);
}
