// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The request fields in which proxies say whom they speak for, and clients whatever they like. The one list of them: by
 * it a request is known to have been passed on, and they are hidden from the application.
 */
public final class ForwardingFields {

    private static final String[] NAMES = {
        "X-Forwarded-For",
        "Forwarded",
        "X-Real-IP",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Server",
        "X-Forwarded-By",
        "X-Forwarded-Ssl",
        "X-Forwarded-Scheme",
        "X-Forwarded-Protocol",
        "X-Forwarded-Context",
        "X-Forwarded-Path",
        "X-Forwarded-Uri",
        "X-Forwarded-Client-Cert",
        "X-Original-Forwarded-For",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "X-Envoy-External-Address",
        "CF-Connecting-IP",
        "CF-Connecting-IPv6",
        "True-Client-IP",
        "Fastly-Client-IP",
        "Fly-Client-IP",
        "Front-End-Https"
    };

    private ForwardingFields() {}

    /** Whether a field of this name says for whom a request was passed on. Allocates nothing. */
    public static boolean contains(String name) {
        for (String known : NAMES) {
            if (known.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody passed this request on: by one of the fields, or by {@code Via} (RFC 9110 section 7.6.3). */
    static boolean areOn(HttpServletRequest request) {
        for (String name : NAMES) {
            if (request.getHeader(name) != null) {
                return true;
            }
        }
        return request.getHeader("Via") != null;
    }
}
