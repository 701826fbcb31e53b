// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import dev.mobilebackend.core.problem.FieldError;
import java.util.List;

/**
 * What is accepted as a new password (NIST SP 800-63B-4 section 3.1.1.2): long enough, any character, no rules of
 * composition. Immutable and thread safe.
 */
public final class PasswordRules {

    private static final String POINTER = "#/password";

    private final PasswordPolicy policy;

    public PasswordRules(PasswordPolicy policy) {
        this.policy = policy;
    }

    /** What is wrong with a new password, empty if it is accepted. The array is left as it is. */
    public List<FieldError> check(char[] password) {
        if (password.length > PasswordPolicy.LONGEST) {
            return tooLong();
        }
        if (!PasswordText.isWellFormed(password)) {
            return List.of(new FieldError(POINTER, "must be well-formed Unicode text"));
        }
        int length = PasswordText.length(password);
        if (length < policy.minLength()) {
            return List.of(new FieldError(POINTER, "must have at least " + policy.minLength() + " characters"));
        }
        return length > policy.maxLength() ? tooLong() : List.of();
    }

    private List<FieldError> tooLong() {
        return List.of(new FieldError(POINTER, "must have at most " + policy.maxLength() + " characters"));
    }
}
