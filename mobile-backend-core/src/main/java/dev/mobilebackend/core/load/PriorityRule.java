// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Priority;

/**
 * What the priority that a client states is worth on a route.
 *
 * @param normal what a request counts as whose client states nothing out of the ordinary
 * @param highest the most urgent that a request of this route can be, whatever its client states
 */
public record PriorityRule(Priority normal, Priority highest) {

    /** What holds on a route that says nothing: clients are believed. */
    static final PriorityRule AS_STATED = new PriorityRule(Priority.NORMAL, Priority.USER_ACTION);

    public PriorityRule {
        requireNonNull(normal, "normal must not be null");
        requireNonNull(highest, "highest must not be null");
        if (normal.isBefore(highest)) {
            throw new IllegalArgumentException("a request cannot normally be " + normal + " where " + highest
                    + " is the most urgent that it can be");
        }
    }

    /** Never more urgent than this: a sync cannot pass for a user's action. */
    public static PriorityRule atMost(Priority highest) {
        requireNonNull(highest, "highest must not be null");
        return new PriorityRule(highest.isBefore(Priority.NORMAL) ? Priority.NORMAL : highest, highest);
    }

    /** This where the client states nothing, such as a user's action for apps that send no {@code Priority}. */
    public static PriorityRule normally(Priority normal) {
        return new PriorityRule(normal, Priority.USER_ACTION);
    }

    Priority of(Priority stated) {
        Priority meant = stated == Priority.NORMAL ? normal : stated;
        return meant.isBefore(highest) ? highest : meant;
    }
}
