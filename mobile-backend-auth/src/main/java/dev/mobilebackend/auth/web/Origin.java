// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.RequestFacts;

/**
 * What a code is bound to: the session of somebody who has signed in; otherwise the device, or the network of a client
 * that names none. With one name for all clients without a device, a stranger's sign-up would take the place of the
 * owner's.
 */
final class Origin {

    private Origin() {}

    static String of(RequestFacts facts) {
        String deviceId = facts.deviceId();
        return deviceId == null ? "network " + facts.client().network() : "device " + deviceId;
    }

    static String of(Caller caller) {
        return "session " + caller.sessionId();
    }
}
