// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/**
 * Knows passwords that have turned up in breaches: {@link BreachedPasswordFile} without asking anybody, {@link
 * BreachedPasswordRange} by asking a service, or the application's own. Thread safe.
 */
@FunctionalInterface
public interface BreachedPasswords {

    /** Whether this one is known to have. The array is left as it is, and what is in it goes nowhere. */
    boolean contains(char[] password);
}
