// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;

/** Refuses a request for an idempotent route that has no usable key, before its handler does any work. */
public final class IdempotencyStep implements EdgeStep {

    /** The step has no choices: routes declare their own policies. */
    public IdempotencyStep() {}

    @Override
    public void apply(Exchange exchange) {
        if (!exchange.declared(IdempotencyPolicy.class).isEmpty()) {
            IdempotencyKey.of(exchange);
        }
    }
}
