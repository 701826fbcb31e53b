// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static java.util.Objects.requireNonNull;

/**
 * What a field of an answer may be called and say (RFC 9110 sections 5.1 and 5.5): nothing that begins another field.
 */
public final class HeaderField {

    private HeaderField() {}

    /**
     * Does nothing where both may be sent.
     *
     * @throws IllegalArgumentException if the name is no token or the value has control characters; values are not
     *     shown, since they may be secret
     */
    public static void check(String name, String value) {
        requireNonNull(name, "a field's name must not be null");
        if (value == null) {
            throw new NullPointerException("the value of the field " + name + " must not be null: leave the field out");
        }
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            token &= isTokenCharacter(name.charAt(i));
        }
        if (!token) {
            throw new IllegalArgumentException(
                    "a field's name must be letters, digits and hyphens, such as X-Reason, was '" + name + "'");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw new IllegalArgumentException("the value of the field " + name
                        + " must have no line breaks and no other control characters, has one at " + i);
            }
        }
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
