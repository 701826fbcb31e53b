// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What a store's statements call now: the database's clock, or a parameter bound from a clock that was handed in.
 *
 * @param now the SQL expression
 * @param later the SQL expression of now plus the parameter {@code :micros}
 * @param written the SQL expression of the moment that the parameter {@code :runAt} is the text of, in UTC
 * @param clock what {@link #bind} takes the time from, or null for the database's own
 */
public record SqlTime(
        String now, String later, String written, @Nullable InstantSource clock) {

    private static final String STANDARD = "CAST(:runAt AS timestamp(6) with time zone)";

    /** Time as a dialect writes it, told by a clock that a test moves; by the database's own where that is null. */
    public static SqlTime of(Dialect dialect, @Nullable InstantSource clock) {
        return switch (dialect) {
            case POSTGRESQL -> {
                String now = clock == null ? "CURRENT_TIMESTAMP" : "CAST(:now AS timestamp with time zone)";
                yield new SqlTime(now, "(" + now + " + :micros * INTERVAL '1 microsecond')", STANDARD, clock);
            }
            case H2 -> {
                String now = clock == null ? "CURRENT_TIMESTAMP(6)" : "CAST(:now AS timestamp(6) with time zone)";
                yield new SqlTime(now, "DATEADD(MICROSECOND, :micros, " + now + ")", STANDARD, clock);
            }
            // The clock of the session's zone stands still or repeats itself twice a year, that of UTC does not.
            case MARIADB -> {
                String now = clock == null ? "UTC_TIMESTAMP(6)" : "CAST(:now AS DATETIME(6))";
                String written = "CAST(LEFT(:runAt, 26) AS DATETIME(6))";
                yield new SqlTime(now, "(" + now + " + INTERVAL :micros MICROSECOND)", written, clock);
            }
        };
    }

    /** For a statement that contains {@link #now} or {@link #later}. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        return statement.bindMap(values());
    }

    /** What {@link #bind} binds. */
    public Map<String, ?> values() {
        return clock == null
                ? Map.of()
                : Map.of("now", clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
    }

    /** A value of {@code :micros}, rounded up: nothing must be due before its time. */
    public static long micros(Duration wait) {
        return wait.plusNanos(999).toNanos() / 1_000;
    }
}
