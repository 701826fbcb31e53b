// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.exchange.Exchange;
import java.time.Duration;

/** How long a request's client goes on waiting, so that no password is hashed for one who has given up. */
final class Patience {

    private Patience() {}

    /** The longest there is where the client does not say; negative where it has given up. */
    static Duration of(Exchange exchange) {
        return Duration.ofNanos(exchange.remainingNanos());
    }
}
