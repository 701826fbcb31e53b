// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;

/** Writes down which statements a database is given, and how many rows are read of each. Thread safe. */
final class DatabaseWork implements JdbiPlugin {

    private record Statement(String sql, AtomicInteger rows) {}

    private final List<Statement> statements = Collections.synchronizedList(new ArrayList<>());

    private DatabaseWork() {}

    /** Writes down what this JDBI does from now on. */
    static DatabaseWork of(Jdbi jdbi) {
        var work = new DatabaseWork();
        jdbi.installPlugin(work);
        return work;
    }

    void forget() {
        statements.clear();
    }

    /** Each statement with its rows, such as {@code SELECT 1 gave 1}, unless it is left out. */
    List<String> done(Predicate<String> leftOut) {
        synchronized (statements) {
            return statements.stream()
                    .filter(statement -> !leftOut.test(statement.sql()))
                    .map(statement -> statement.sql() + " gave " + statement.rows())
                    .collect(Collectors.toList());
        }
    }

    @Override
    public Connection customizeConnection(Connection connection) {
        return around(Connection.class, connection, (name, answer, arguments) -> {
            if (!(answer instanceof PreparedStatement prepared)) {
                return answer;
            }
            var statement = new Statement((String) arguments[0], new AtomicInteger());
            statements.add(statement);
            return counting(prepared, statement.rows());
        });
    }

    private static PreparedStatement counting(PreparedStatement prepared, AtomicInteger rows) {
        return around(
                PreparedStatement.class,
                prepared,
                (name, answer, arguments) -> answer instanceof ResultSet results ? counting(results, rows) : answer);
    }

    private static ResultSet counting(ResultSet results, AtomicInteger rows) {
        return around(ResultSet.class, results, (name, answer, arguments) -> {
            if (name.equals("next") && Boolean.TRUE.equals(answer)) {
                rows.incrementAndGet();
            }
            return answer;
        });
    }

    private interface Seen {

        Object answer(String method, Object answer, Object[] arguments);
    }

    private static <T> T around(Class<T> type, T inner, Seen seen) {
        return type.cast(Proxy.newProxyInstance(
                DatabaseWork.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return seen.answer(method.getName(), method.invoke(inner, arguments), arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }
}
