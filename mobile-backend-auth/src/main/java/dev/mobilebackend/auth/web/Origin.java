// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.exchange.RequestFacts;

/**
 * What a sign-up is bound to: the device, or the network of a client that names none. Otherwise all clients without a
 * device would count as one, and a stranger's sign-up would take the place of the owner's.
 */
final class Origin {

    private Origin() {}

    static String of(RequestFacts facts) {
        String deviceId = facts.deviceId();
        return deviceId == null ? "network " + facts.client().network() : "device " + deviceId;
    }
}
