// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Adds a single job over plain JDBC: of all statements of jobs this is the one that requests wait for. */
final class InsertOne {

    private static final Pattern PARAMETER = Pattern.compile(":(\\w+)");
    private static final String[] ID = {"id"};

    private final SqlTime time;
    private final PayloadSeal seal;
    private final String sql;
    private final List<String> parameters;

    InsertOne(SqlTime time, PayloadSeal seal) {
        String named = Waiting.insert(time);
        this.time = time;
        this.seal = seal;
        this.sql = PARAMETER.matcher(named).replaceAll("?");
        this.parameters = PARAMETER
                .matcher(named)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    long add(Connection connection, NewJob job) throws SQLException {
        var values = new HashMap<String, @Nullable Object>(time.values());
        values.putAll(Waiting.values(job, seal));
        try (PreparedStatement insert = connection.prepareStatement(sql, ID)) {
            for (int place = 0; place < parameters.size(); place++) {
                insert.setObject(place + 1, values.get(parameters.get(place)));
            }
            insert.executeUpdate();
            try (ResultSet ids = insert.getGeneratedKeys()) {
                ids.next();
                return ids.getLong(1);
            }
        }
    }
}
