// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

/**
 * A refusal on its way to the client. It is an answer and not a fault, so it carries no stack trace and costs little
 * to throw.
 */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.detail() == null ? problem.title() : problem.detail(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
