// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

/**
 * One faulty place in a request.
 *
 * @param pointer a JSON pointer (RFC 6901) as a fragment, such as {@code #/email}; or {@code header:If-Match},
 *     {@code query:limit} for what is not in the body
 * @param detail what was expected there
 */
public record FieldError(String pointer, String detail) {}
