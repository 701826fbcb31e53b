// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import java.time.Duration;
import java.time.Instant;

/**
 * The tries that count against one account or one client, as two instants: each try moves {@code regainedAt} by
 * {@link Allowance#regainEvery}, so time gives them back without anybody writing.
 *
 * @param last the last try
 * @param regainedAt when all tries are regained
 */
public record Tries(Instant last, Instant regainedAt) {

    /** No try yet. */
    public static final Tries NONE = new Tries(Instant.EPOCH, Instant.EPOCH);

    Tries oneMore(Instant now, Allowance allowance) {
        Instant from = regainedAt.isAfter(now) ? regainedAt : now;
        return new Tries(now, from.plus(allowance.regainEvery()));
    }

    Tries oneLess(Allowance allowance) {
        Instant earlier = regainedAt.minus(allowance.regainEvery());
        return earlier.isAfter(last) ? new Tries(last, earlier) : NONE;
    }

    /** The same number, with the last one ending now. */
    Tries endedAt(Instant now) {
        return regainedAt.isAfter(now) ? new Tries(now, regainedAt) : this;
    }

    /** How many counted at the last try. */
    long count(Allowance allowance) {
        Duration left = Duration.between(last, regainedAt);
        if (left.isNegative()) {
            return 0;
        }
        return left.plus(allowance.regainEvery()).minusNanos(1).dividedBy(allowance.regainEvery());
    }
}
