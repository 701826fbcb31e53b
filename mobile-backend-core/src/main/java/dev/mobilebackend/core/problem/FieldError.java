// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static java.util.Objects.requireNonNull;

/**
 * One faulty place in a request.
 *
 * @param pointer a JSON pointer (RFC 6901) as a fragment, such as {@code #/email}, written as the member
 *     {@code pointer}; or, for what is not in the body, {@code header:If-Match} or {@code query:limit}, written as
 *     {@code "header":"If-Match"} and {@code "parameter":"limit"}
 * @param detail what was expected there
 */
public record FieldError(String pointer, String detail) {

    static final String HEADER = "header:";
    static final String QUERY = "query:";

    public FieldError {
        requireNonNull(pointer, "pointer must not be null: such as #/email, header:If-Match or query:limit");
        requireNonNull(detail, "detail must not be null: say what was expected");
        boolean ofTheBody = pointer.equals("#") || pointer.startsWith("#/");
        if (!ofTheBody && !pointer.startsWith(HEADER) && !pointer.startsWith(QUERY)) {
            throw new IllegalArgumentException("pointer must be of the form #/email, # for the whole body,"
                    + " header:If-Match or query:limit, was '" + pointer + "'");
        }
    }
}
