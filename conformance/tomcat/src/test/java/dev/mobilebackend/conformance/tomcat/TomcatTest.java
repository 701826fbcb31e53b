// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.tomcat;

import dev.mobilebackend.conformance.Application;
import dev.mobilebackend.conformance.EdgeConformance;
import dev.mobilebackend.core.tomcat.TomcatProblems;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** The edge in Tomcat 11, and in 10.1, whose module takes this file too. */
class TomcatTest extends EdgeConformance {

    @Override
    protected Running start(Application application, Threads threads) throws Exception {
        var tomcat = new Tomcat();
        tomcat.setBaseDir(Path.of("target", "tomcat").toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("useVirtualThreads", Boolean.toString(threads == Threads.VIRTUAL));
        tomcat.getConnector()
                .setProperty(
                        "connectionTimeout",
                        Long.toString(application.patience().toMillis()));
        // Only when the body is read, not before the edge has said whether it may come.
        tomcat.getConnector().setProperty("continueResponseTiming", "onRead");
        ((StandardHost) tomcat.getHost()).setErrorReportValveClass(TomcatProblems.class.getName());
        Context context = tomcat.addContext("", null);
        addFilter(context, "neighbour", application.neighbour(), "/*");
        addFilter(context, "edge", application.edge(), application.mapping());
        addDefaultServlet(context);
        addErrorPage(context);
        context.addServletContainerInitializer(application, Set.of());
        tomcat.start();
        if (!context.getState().isAvailable()) {
            tomcat.stop();
            throw new IllegalStateException("the application did not start, for the reason that Tomcat has logged");
        }
        return new RunningTomcat(tomcat);
    }

    private static void addFilter(Context context, String name, Filter filter, String paths) {
        var definition = new FilterDef();
        definition.setFilterName(name);
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        var mapping = new FilterMap();
        mapping.setFilterName(name);
        mapping.addURLPattern(paths);
        for (DispatcherType type : DispatcherType.values()) {
            mapping.setDispatcher(type.name());
        }
        context.addFilterMap(mapping);
    }

    /** Without a servlet for every path, Tomcat answers the others by itself, past every filter. */
    private static void addDefaultServlet(Context context) {
        Tomcat.addServlet(context, "default", new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void service(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        response.sendError(404);
                    }
                })
                .addMapping("/");
    }

    /** Where Tomcat wants to show a page of its own, the edge is asked once more. */
    private static void addErrorPage(Context context) {
        var page = new ErrorPage();
        page.setLocation(Application.ERROR_PAGE);
        context.addErrorPage(page);
    }

    private record RunningTomcat(Tomcat tomcat) implements Running {

        @Override
        public int port() {
            return tomcat.getConnector().getLocalPort();
        }

        @Override
        public void stop() throws Exception {
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
