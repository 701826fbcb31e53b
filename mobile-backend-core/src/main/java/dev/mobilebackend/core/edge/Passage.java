// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way through the steps: how far it came, so that each step it passed hears how it ended. */
final class Passage {

    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

    private final Steps steps;
    private @Nullable EdgeRequest request;
    private int passed;

    Passage(Steps steps) {
        this.steps = steps;
    }

    Steps steps() {
        return steps;
    }

    /** Called once, before anything else. */
    void begin(EdgeRequest whose) {
        request = whose;
    }

    EdgeRequest request() {
        if (request == null) {
            throw new IllegalStateException("no request has begun this passage");
        }
        return request;
    }

    Exchange exchange() {
        return request().exchange();
    }

    /** Applies the steps up to, and without, the given one. */
    void pass(int end) {
        Exchange exchange = exchange();
        while (passed < end) {
            steps.at(passed).apply(exchange);
            passed++;
        }
    }

    /** Whether an answer below 400 may be given; otherwise it is 500. */
    boolean mayAnswer() {
        return steps.mayAnswer(request());
    }

    void end(Outcome outcome) {
        request().releaseBody();
        Exchange exchange = exchange();
        while (passed > 0) {
            passed--;
            try {
                steps.at(passed).after(exchange, outcome);
            } catch (RuntimeException e) {
                LOG.error(
                        "a step failed after request {} had ended",
                        exchange.facts().requestId(),
                        e);
            }
        }
    }
}
