// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.core.problem.Problem;

/** What a phone sends to buy something. */
public record PlaceOrder(long productId, int quantity) {

    private static final int MOST = 100;

    /** This order, if it makes sense by itself. */
    PlaceOrder checked() {
        if (quantity < 1 || quantity > MOST) {
            throw Problem.INVALID_INPUT
                    .detail("quantity was " + quantity)
                    .error("#/quantity", "a whole number from 1 to " + MOST)
                    .exception();
        }
        return this;
    }
}
