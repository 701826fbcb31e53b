// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;

/**
 * Keeps pages of other origins from pressing the dashboard's buttons with the operator's browser (OWASP ASVS 5.0, 3.5.1),
 * also those that the application's CORS policy lists.
 */
final class SameOrigin {

    private static final Problem CROSS_ORIGIN =
            Problem.of(403, "cross-origin", "Requests from this site are not accepted.");

    private SameOrigin() {}

    /**
     * Every browser tells with a POST where its page comes from, in one of two fields that no page can write; what tells
     * neither is no browser, and presses no buttons of a page.
     */
    static void require(Exchange exchange, boolean fromPage) {
        String site = exchange.header("Sec-Fetch-Site");
        String origin = exchange.header("Origin");
        boolean own = site != null ? site.equals("same-origin") : origin == null ? !fromPage : isOwn(exchange, origin);
        if (!own) {
            throw CROSS_ORIGIN
                    .detail("what changes something here comes from a page of the dashboard, or from no page at all")
                    .exception();
        }
    }

    private static boolean isOwn(Exchange exchange, String origin) {
        String scheme = exchange.facts().secure() ? "https://" : "http://";
        return origin.equalsIgnoreCase(scheme + exchange.header("Host"));
    }
}
