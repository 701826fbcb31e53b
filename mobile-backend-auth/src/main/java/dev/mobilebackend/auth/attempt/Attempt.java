// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import dev.mobilebackend.core.exchange.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * One try at an account.
 *
 * @param account the account's address in its one normal form, whether or not there is such an account
 * @param client where it comes from
 * @param knownDevice what the account knows the device by; null for a device it does not know
 */
public record Attempt(
        String account, ClientAddress client, @Nullable String knownDevice) {}
