// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.EdgeStep;

/** A step around all others that also wants to know the edge it observes. */
public interface EdgeObserver extends EdgeStep {

    /** Called once, when the edge is built and has seen no request yet. */
    void observes(Edge edge);
}
