// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.undertow;

import dev.mobilebackend.conformance.Application;
import dev.mobilebackend.conformance.EdgeConformance;
import dev.mobilebackend.core.ambient.Ambient;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.xnio.Options;

/** The edge in Undertow 2.3. */
class UndertowTest extends EdgeConformance {

    @Override
    protected Running start(Application application, Threads threads) throws Exception {
        var deployment = new DeploymentInfo()
                .setDeploymentName("conformance")
                .setContextPath("/")
                .setClassLoader(UndertowTest.class.getClassLoader());
        addFilter(deployment, "neighbour", application.neighbour(), "/*");
        addFilter(deployment, "edge", application.edge(), application.mapping());
        // Otherwise what is wrong with it is found by the first request.
        deployment.setEagerFilterInit(true);
        // Where Undertow wants to show a page of its own, the edge is asked once more.
        deployment.addErrorPage(Servlets.errorPage(Application.ERROR_PAGE));
        deployment.addServletContainerInitializer(new ServletContainerInitializerInfo(
                Application.class, new ImmediateInstanceFactory<>(application), Set.of()));
        if (threads == Threads.VIRTUAL) {
            ThreadFactory virtual = Ambient.workerThreads("undertow");
            deployment.setExecutor(task -> virtual.newThread(task).start());
            deployment.setAsyncExecutor(task -> virtual.newThread(task).start());
        }
        DeploymentManager manager = Servlets.defaultContainer().addDeployment(deployment);
        manager.deploy();
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setSocketOption(
                        Options.READ_TIMEOUT, (int) application.patience().toMillis())
                .setHandler(manager.start())
                .build();
        server.start();
        return new RunningUndertow(server);
    }

    private static void addFilter(DeploymentInfo deployment, String name, Filter filter, String paths) {
        deployment.addFilter(new FilterInfo(name, filter.getClass(), new ImmediateInstanceFactory<>(filter))
                .setAsyncSupported(true));
        for (DispatcherType type : DispatcherType.values()) {
            deployment.addFilterUrlMapping(name, paths, type);
        }
    }

    private record RunningUndertow(Undertow server) implements Running {

        @Override
        public int port() {
            return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        }

        @Override
        public void stop() {
            server.stop();
        }
    }
}
