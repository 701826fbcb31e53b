// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/**
 * What a password was found to be beside a stored hash.
 *
 * @param right whether it is the password whose hash is stored
 * @param outdated whether it would be hashed in another way today: if it is right, store
 *     {@link Passwords#hash a new hash}
 */
public record PasswordCheck(boolean right, boolean outdated) {}
