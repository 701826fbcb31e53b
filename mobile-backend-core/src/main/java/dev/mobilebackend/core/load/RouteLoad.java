// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.ratelimit.RateLimitStep;

/** What the load step knows of one route: what was declared, and how long its answers usually take. Thread safe. */
final class RouteLoad {

    /** Answers before which nothing is usual: the first ones of a process are its slowest. */
    private static final int FEW = 32;

    private static final int STEP_WHILE_FEW = 4;
    private static final int STEP = 32;

    private final boolean uncounted;
    private final PriorityRule rule;

    /**
     * An estimate of the median, moved up or down by a part of itself with each answer (Ma, Muthukrishnan, Sandler,
     * "Frugal Streaming", 2013): a few slow answers hardly move it. Threads may overwrite each other's step, which
     * costs that step.
     */
    private volatile long usualNanos;

    private volatile int answers;

    private RouteLoad(boolean uncounted, PriorityRule rule) {
        this.uncounted = uncounted;
        this.rule = rule;
    }

    static RouteLoad of(Endpoint endpoint) {
        var rules = endpoint.declared(PriorityRule.class);
        boolean exempt = !endpoint.declared(LoadStep.Exemption.class).isEmpty()
                || !endpoint.declared(RateLimitStep.Exemption.class).isEmpty();
        return new RouteLoad(exempt, rules.isEmpty() ? PriorityRule.AS_STATED : rules.get(0));
    }

    boolean isUncounted() {
        return uncounted;
    }

    Priority priority(Priority stated) {
        return rule.of(stated);
    }

    /** Whether an answer is likely to take longer than this. */
    boolean usuallyTakesLongerThan(long nanos) {
        return answers >= FEW && usualNanos > nanos;
    }

    void answered(long nanos) {
        int known = answers;
        long usual = usualNanos;
        if (known == 0) {
            usualNanos = Math.max(1, nanos);
        } else {
            move(usual, known < FEW ? STEP_WHILE_FEW : STEP, nanos > usual);
        }
        if (known < FEW) {
            answers = known + 1;
        }
    }

    /**
     * A request was refused because of what is usual, which counts as one answer in time. Otherwise a route that was
     * slow for a while would refuse everybody for ever, and never learn that it is quick again.
     */
    void refused() {
        move(usualNanos, STEP, false);
    }

    private void move(long usual, int step, boolean up) {
        long by = usual / step + 1;
        usualNanos = Math.max(1, up ? usual + by : usual - by);
    }
}
