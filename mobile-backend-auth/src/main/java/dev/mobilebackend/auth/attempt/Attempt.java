// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import dev.mobilebackend.core.exchange.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * One try at an account.
 *
 * @param account the account's address in its one normal form, whether or not there is such an account; null for a try
 *     that names none, such as one of a link, which counts by its network alone
 * @param client where it comes from
 * @param knownDevice what the account knows the device by; null for a device it does not know
 */
public record Attempt(
        @Nullable String account,
        ClientAddress client,
        @Nullable String knownDevice) {

    public Attempt {
        if (account == null && knownDevice != null) {
            throw new IllegalArgumentException("knownDevice must be null where no account is named that knows it");
        }
    }
}
