// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;

/** The words that a request is logged and counted by: few, whatever clients send. */
public final class RequestLabels {

    /** The route of requests that no declared one is for. */
    public static final String UNDECLARED = "undeclared";

    /** The method of requests with one that no route can be declared for. */
    public static final String OTHER_METHOD = "_OTHER";

    private RequestLabels() {}

    /** The template of the declared route, or {@link #UNDECLARED}. */
    public static String route(Exchange exchange) {
        return exchange.isMatched() ? exchange.template() : UNDECLARED;
    }

    /** The method as sent, or {@link #OTHER_METHOD}. */
    public static String method(Exchange exchange) {
        String sent = exchange.facts().method();
        return switch (sent) {
            case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> sent;
            default -> OTHER_METHOD;
        };
    }

    /**
     * Whether somebody was kept away: not known (401), not allowed (403), too many (429), or told by a rule that
     * nothing is there (404). A 404 of the handler's own only says that there is nothing.
     */
    public static boolean isDenied(Exchange exchange, Outcome outcome) {
        if (outcome.problem() == null) {
            return false;
        }
        return switch (outcome.status()) {
            case 401, 403, 429 -> true;
            case 404 -> exchange.isMatched() && !exchange.isAdmitted();
            default -> false;
        };
    }
}
