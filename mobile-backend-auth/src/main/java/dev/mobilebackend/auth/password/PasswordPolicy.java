// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/**
 * How long a password must and may be, in Unicode code points (NIST SP 800-63B-4 section 3.1.1.2).
 *
 * @param minLength at least 8; 15 where the password is the only factor
 * @param maxLength 64 to {@value #LONGEST}
 */
public record PasswordPolicy(int minLength, int maxLength) {

    /** What {@link Passwords} will hash at all: a bound on work, far above what a person types. */
    static final int LONGEST = 4096;

    public PasswordPolicy {
        if (minLength < 8) {
            throw new IllegalArgumentException("minLength must be at least 8, was " + minLength);
        }
        if (maxLength < 64 || maxLength > LONGEST || maxLength < minLength) {
            throw new IllegalArgumentException(
                    "maxLength must be 64 to " + LONGEST + " and not below minLength, was " + maxLength);
        }
    }

    /** 15 to 256 characters: the password is the only factor. */
    public static PasswordPolicy standard() {
        return new PasswordPolicy(15, 256);
    }
}
