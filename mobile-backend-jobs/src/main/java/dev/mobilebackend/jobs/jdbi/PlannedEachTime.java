// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.PGStatement;

/**
 * Keeps PostgreSQL's driver from keeping a plan. One that was made while the queue was empty reads the whole table, and
 * would go on doing so while a flood fills it, until the statistics are made anew.
 */
final class PlannedEachTime {

    private PlannedEachTime() {}

    static void mark(PreparedStatement statement) throws SQLException {
        try {
            if (statement.isWrapperFor(PGStatement.class)) {
                statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            }
        } catch (NoClassDefFoundError anotherDriver) {
            // it prepares nothing on the server that we could keep it from
        }
    }
}
