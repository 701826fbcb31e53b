// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import io.javalin.Javalin;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import java.net.URI;

/** An application that answers under an address until it is closed. */
public interface RunningApp extends AutoCloseable {

    /** What every path is appended to, such as {@code http://127.0.0.1:49152}. */
    URI uri();

    /** Stops it; nothing answers under the address afterwards. */
    @Override
    void close();

    /** An application that runs already, in another process perhaps, and goes on when the test is over. */
    static RunningApp at(URI uri) {
        return new RunningApp() {
            @Override
            public URI uri() {
                return uri;
            }

            @Override
            public void close() {}
        };
    }

    /** A Javalin that has not been started yet, started on a free loopback port. Needs Javalin on the class path. */
    static RunningApp javalin(Javalin app) {
        return JavalinApp.start(app);
    }

    /**
     * One servlet behind filters, for every path, in a Jetty on a free loopback port. Needs
     * {@code org.eclipse.jetty.ee10:jetty-ee10-servlet} on the class path, which Javalin brings.
     */
    static RunningApp servlet(Servlet servlet, Filter... filters) {
        return JettyApp.start(servlet, filters);
    }

    /** The same for an application that registers its own servlets, filters and listeners. */
    static RunningApp servlet(ServletContainerInitializer app) {
        return JettyApp.start(app);
    }
}
