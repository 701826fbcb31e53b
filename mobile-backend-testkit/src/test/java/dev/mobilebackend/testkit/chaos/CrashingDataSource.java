// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;

/** Connections whose commits are crash points. */
final class CrashingDataSource {

    private CrashingDataSource() {}

    static DataSource of(DataSource pool) {
        return (DataSource) Proxy.newProxyInstance(
                CrashingDataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    Object result = call(pool, method, arguments);
                    return result instanceof Connection connection ? crashing(connection) : result;
                });
    }

    private static Connection crashing(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                CrashingDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    boolean commit = method.getName().equals("commit");
                    if (commit) {
                        Crash.at(CrashPoint.BEFORE_COMMIT);
                    }
                    Object result = call(connection, method, arguments);
                    if (commit) {
                        Crash.at(CrashPoint.AFTER_COMMIT);
                    }
                    return result;
                });
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
