// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.route.Access;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Set;

/**
 * Somebody of whom nothing is known but that they have signed in, just now and inside the private network: what they may
 * do, everybody may. Conditions are code, so they are asked and not looked at.
 */
final class Anybody {

    private Anybody() {}

    /** Refuses a condition for acting in others' places that this caller meets. */
    static void requireRefused(Access who, Instant now) {
        if (meets(who, now)) {
            throw new IllegalArgumentException("who may act in the place of others must not be everybody who has signed"
                    + " in, was " + who + ": ask for a role, as in Access.role(\"support\")");
        }
    }

    private static boolean meets(Access condition, Instant now) {
        try {
            condition.check(exchange(now));
            return true;
        } catch (RuntimeException refused) {
            // Also where it fails for want of a request: what looks at more than the caller is not met by every one.
            return false;
        }
    }

    private static Exchange exchange(Instant now) {
        var facts =
                new RequestFacts("start", now, "POST", "/", ClientAddress.parse("127.0.0.1"), true, null, null, null);
        var exchange = new Exchange(
                absent(HttpServletRequest.class), null, absent(HttpServletResponse.class), facts, null, () -> 0);
        var shown = new Authentication(now, Set.of("pwd", "otp", "sms"));
        exchange.authenticated(new Caller("anybody", "none", Set.of(), Set.of(), shown, null));
        return exchange;
    }

    private static <T> T absent(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    throw new IllegalStateException("there is no " + type.getSimpleName() + " before the start");
                }));
    }
}
