// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** A servlet application in a Jetty on a loopback port. */
record JettyApp(Server server, URI uri) implements RunningApp {

    static JettyApp start(Servlet servlet, Filter... filters) {
        return start((classes, context) -> {
            for (int i = 0; i < filters.length; i++) {
                var filter = context.addFilter("filter-" + i, filters[i]);
                filter.setAsyncSupported(true);
                filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
            }
            var registration = context.addServlet("servlet", servlet);
            registration.setAsyncSupported(true);
            registration.addMapping("/*");
        });
    }

    static JettyApp start(ServletContainerInitializer app) {
        var server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var context = new ServletContextHandler();
        context.addServletContainerInitializer(app);
        server.setHandler(context);
        try {
            server.start();
        } catch (Exception failed) {
            throw new IllegalStateException("the servlet application did not start", failed);
        }
        return new JettyApp(
                server, URI.create("http://127.0.0.1:" + server.getURI().getPort()));
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException("the servlet application did not stop", failed);
        }
    }
}
