// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

/**
 * How a body comes over the wire.
 *
 * @param slice how many bytes come at once
 * @param whole whether all of it comes; otherwise the connection breaks halfway
 * @param chunked whether its length is not said beforehand
 */
record Delivery(int slice, boolean whole, boolean chunked) {

    static final Delivery AT_ONCE = new Delivery(Integer.MAX_VALUE, true, false);
}
