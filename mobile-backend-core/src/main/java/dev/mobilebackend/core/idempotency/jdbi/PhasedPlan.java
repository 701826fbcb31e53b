// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.exchange.Answer;

/**
 * The phases of some work, in their order. A plan that throws has not ended: it is run again, from its start, by a
 * retry or by {@link PhasedWork#resumeAbandoned}, and the phases that are done give their stored results. Whoever wants
 * to refuse after the first phase undoes what was done and finishes with that answer.
 */
@FunctionalInterface
public interface PhasedPlan<I extends Record, X extends Exception> {

    /**
     * Does the work.
     *
     * @param run does each phase once
     * @param input what the work was begun with
     * @return what {@link PhasedRun#finish} gave
     */
    Answer run(PhasedRun run, I input) throws X;
}
