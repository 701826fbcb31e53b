// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

/**
 * One check or addition between the front door and the handler. It reads what earlier steps put into the exchange, may
 * set response fields, and refuses by throwing a {@code ProblemException}. Called by many threads at once.
 */
@FunctionalInterface
public interface EdgeStep {

    void apply(Exchange exchange);
}
