// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device;

import dev.mobilebackend.auth.session.Place;
import java.time.Duration;

/** Something about a sign-in that its owner would want to know: a hint, never a proof. */
public sealed interface SignInSignal {

    /** The account knows devices, and this is none of them. */
    record NewDevice() implements SignInSignal {}

    /**
     * Nobody gets so far in that time.
     *
     * @param from where the sign-in before this one was
     * @param to where this one is
     * @param within the time between them
     */
    record ImpossibleTravel(Place from, Place to, Duration within) implements SignInSignal {}
}
