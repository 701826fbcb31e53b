// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way through the steps: how far it came, so that each step it passed hears how it ended. */
final class Passage implements Consumer<Outcome> {

    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

    private final Exchange exchange;
    private final EdgeStep[] steps;
    private int passed;

    Passage(Exchange exchange, EdgeStep[] steps) {
        this.exchange = exchange;
        this.steps = steps;
    }

    /** Applies the steps up to, and without, the given one. */
    void pass(int end) {
        while (passed < end) {
            steps[passed].apply(exchange);
            passed++;
        }
    }

    @Override
    public void accept(Outcome outcome) {
        while (passed > 0) {
            passed--;
            try {
                steps[passed].after(exchange, outcome);
            } catch (RuntimeException e) {
                LOG.error(
                        "a step failed after request {} had ended",
                        exchange.facts().requestId(),
                        e);
            }
        }
    }
}
