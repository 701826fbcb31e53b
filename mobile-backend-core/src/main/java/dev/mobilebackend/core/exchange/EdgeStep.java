// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

/**
 * One check or addition between the front door and the handler. It reads what earlier steps put into the exchange, may
 * set response fields, and refuses by throwing a {@code ProblemException}. Called by many threads at once.
 */
@FunctionalInterface
public interface EdgeStep {

    void apply(Exchange exchange);

    /**
     * Called once when the answer has ended, in whatever way, if {@link #apply} returned for this request: last step
     * first, on the thread that ended it. What it throws is logged and changes nothing.
     */
    default void after(Exchange exchange, Outcome outcome) {}
}
