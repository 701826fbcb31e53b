// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.javalin;

import dev.mobilebackend.conformance.Application;
import dev.mobilebackend.conformance.EdgeConformance;
import dev.mobilebackend.conformance.FrameworkCases;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.problem.Problem;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.ConflictResponse;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;

/** The edge in Javalin 7, which runs on Jetty 12.1 ee10. */
class JavalinTest extends EdgeConformance {

    @Override
    protected boolean servesFrameworkPaths() {
        return true;
    }

    /** {@code JavalinEdge} does. */
    @Override
    protected boolean mapsTheEdge() {
        return false;
    }

    @Override
    protected Running start(Application application, Threads threads) {
        Javalin app = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.concurrency.useVirtualThreads = threads == Threads.VIRTUAL;
            config.jetty.modifyServletContextHandler(handler -> handler.addFilter(
                    new FilterHolder(application.neighbour()), "/*", EnumSet.of(DispatcherType.REQUEST)));
            JavalinEdge.install(config, application.edge());
            config.jetty.modifyServletContextHandler(handler -> handler.addServletContainerInitializer(application));
            config.http.asyncTimeout = 500;
            serve(config.routes);
        });
        app.start("127.0.0.1", 0);
        for (Connector connector : app.jettyServer().server().getConnectors()) {
            ((ServerConnector) connector).setIdleTimeout(application.patience().toMillis());
        }
        return new RunningJavalin(app);
    }

    private static void serve(RoutesConfig routes) {
        routes.get("/framework/text", context -> context.result("text"));
        routes.get("/framework/text-again", context -> context.result("text"));
        for (String path : List.of("/framework/throws", "/framework/trap-5")) {
            routes.get(path, context -> {
                throw new IllegalStateException(FrameworkCases.SECRET);
            });
        }
        routes.get("/framework/refuses", context -> {
            throw Problem.CONFLICT.detail("somebody was first").exception();
        });
        for (String path : List.of("/framework/conflict", "/framework/trap-6")) {
            routes.get(path, context -> {
                throw new ConflictResponse(FrameworkCases.SECRET);
            });
        }
        routes.get("/framework/page", context -> context.status(500).result(FrameworkCases.SECRET));
        routes.get("/framework/sends", context -> context.res().sendError(503, FrameworkCases.SECRET));
        routes.get(
                "/framework/future",
                context -> context.future(
                        () -> CompletableFuture.supplyAsync(() -> "later").thenAccept(context::result)));
        routes.get(
                "/framework/failed-future",
                context -> context.future(() -> CompletableFuture.supplyAsync(() -> {
                    throw new IllegalStateException(FrameworkCases.SECRET);
                })));
        routes.get(
                "/framework/refused-future",
                context -> context.future(() -> CompletableFuture.supplyAsync(() -> {
                    throw Problem.CONFLICT.exception();
                })));
        routes.get("/framework/endless-future", context -> context.future(CompletableFuture::new));
        for (String path : List.of("/framework/caller", "/framework/trap-10")) {
            routes.get(
                    path,
                    context -> context.future(() ->
                            CompletableFuture.runAsync(() -> context.result(FrameworkCases.caller(context.req())))));
        }
        routes.post("/framework/form", context -> context.result(context.formParam("a")));
        routes.post("/framework/body", context -> context.result(context.body()));
        routes.post("/framework/large-body", context -> context.result(context.body()));
        for (String path : List.of("/framework/stream", "/framework/trap-9")) {
            routes.get(path, context -> FrameworkCases.stream(context.req(), context.res()));
        }
        routes.get("/framework/halfway", context -> FrameworkCases.halfway(context.res()));
    }

    private record RunningJavalin(Javalin app) implements Running {

        @Override
        public int port() {
            return app.port();
        }

        @Override
        public void stop() {
            app.stop();
        }
    }
}
