// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.access;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;

/** Only the account's own owner: staff who act in somebody's place (RFC 8693 section 4.1) get 403. */
public record InPerson() implements Access {

    /** The answer to somebody who acts in the place of another. */
    public static final Problem NOT_IN_PERSON =
            Problem.of(403, "not-in-person", "Nobody may do this in the place of another.");

    @Override
    public void check(Exchange exchange) {
        if (exchange.caller().actorId() != null) {
            throw NOT_IN_PERSON
                    .detail("only the owner of the account may do this")
                    .exception();
        }
    }

    @Override
    public boolean needsCaller() {
        return true;
    }
}
