// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.jettyee10;

import dev.mobilebackend.conformance.Application;
import dev.mobilebackend.conformance.EdgeConformance;
import dev.mobilebackend.core.jetty.JettyProblems;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The edge in Jetty 12.1 ee10. */
class JettyTest extends EdgeConformance {

    @Override
    protected Running start(Application application, Threads threads) throws Exception {
        var pool = new QueuedThreadPool();
        if (threads == Threads.VIRTUAL) {
            pool.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        var server = new Server(pool);
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(application.patience().toMillis());
        server.addConnector(connector);
        server.setErrorHandler(new JettyProblems());
        var context = new ServletContextHandler("/");
        addFilter(context, application.neighbour(), "/*");
        addFilter(context, application.edge(), application.mapping());
        addErrorPages(context);
        context.addServletContainerInitializer(application);
        server.setHandler(context);
        server.start();
        return new RunningJetty(server, connector);
    }

    private static void addFilter(ServletContextHandler context, Filter filter, String paths) {
        var holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, paths, EnumSet.allOf(DispatcherType.class));
    }

    /** Where Jetty wants to show a page of its own, the edge is asked once more. */
    private static void addErrorPages(ServletContextHandler context) {
        var pages = new ErrorPageErrorHandler();
        pages.addErrorPage(400, 599, Application.ERROR_PAGE);
        context.setErrorHandler(pages);
    }

    private record RunningJetty(Server server, ServerConnector connector) implements Running {

        @Override
        public int port() {
            return connector.getLocalPort();
        }

        @Override
        public void stop() throws Exception {
            server.stop();
        }
    }
}
