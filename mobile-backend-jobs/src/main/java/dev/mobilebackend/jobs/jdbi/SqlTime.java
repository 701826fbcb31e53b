// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What a store's statements call now: the database's clock, or a parameter bound from a clock that was handed in.
 *
 * @param now the SQL expression
 * @param later the SQL expression of now plus the parameter {@code :micros}
 */
record SqlTime(String now, String later, @Nullable InstantSource clock) {

    static SqlTime postgresql(@Nullable InstantSource clock) {
        String now = clock == null ? "CURRENT_TIMESTAMP" : "CAST(:now AS timestamp with time zone)";
        return new SqlTime(now, "(" + now + " + :micros * INTERVAL '1 microsecond')", clock);
    }

    static SqlTime h2(@Nullable InstantSource clock) {
        String now = clock == null ? "CURRENT_TIMESTAMP(6)" : "CAST(:now AS timestamp(6) with time zone)";
        return new SqlTime(now, "DATEADD(MICROSECOND, :micros, " + now + ")", clock);
    }

    /** For a statement that contains {@link #now} or {@link #later}. */
    <S extends SqlStatement<S>> S bind(S statement) {
        return clock == null
                ? statement
                : statement.bind(
                        "now", clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
    }

    /** Rounded up: a job must not be due before its time. */
    static long micros(Duration wait) {
        return wait.plusNanos(999).toNanos() / 1_000;
    }
}
