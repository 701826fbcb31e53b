// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

/** A request method that a route can be declared for (RFC 9110 section 9, and PATCH of RFC 5789). */
public enum HttpMethod {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE,
    OPTIONS
}
