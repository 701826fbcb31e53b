// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.jetty.JettyProblems;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.RouteTable;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.ServletMapping;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an edge in front of a Javalin 7 application. The rules of Javalin's own routes travel with those; what servlets
 * serve beside them is declared in the builder. What is served and has no rule stops the start.
 *
 * <pre>{@code
 * Javalin.create(config -> {
 *     JavalinEdge.install(config, Edge.builder().authenticate(auth.bearerStep()).routes(auth.routes()));
 *     JavalinEdge.servlet(config, "/v1/auth/*", auth.servlet());
 *     config.routes.get("/v1/me", answering(profile::read), signedIn());
 * }).start();
 * }</pre>
 */
@SuppressWarnings("exports") // whoever calls this requires Javalin already
public final class JavalinEdge {

    private static final Logger LOG = LoggerFactory.getLogger(JavalinEdge.class);

    private JavalinEdge() {}

    /**
     * Builds the edge when the server starts, with the rules that were registered beside Javalin's routes. Call it
     * first, so that the edge is the outermost filter.
     *
     * @return the finished edge, from the server's start on
     */
    public static Supplier<Edge> install(JavalinConfig config, Edge.Builder edge) {
        var built = new AtomicReference<@Nullable Edge>();
        put(config, routes -> {
            edge.routes(routes::declare);
            Edge finished = edge.build();
            built.set(finished);
            return finished;
        });
        return () -> {
            Edge finished = built.get();
            if (finished == null) {
                throw new IllegalStateException("the edge is built when the server starts: ask for it after that");
            }
            return finished;
        };
    }

    /** Puts a finished edge, whose table names every route, in front. Call it first. */
    public static void install(JavalinConfig config, Edge edge) {
        put(config, routes -> {
            if (routes.haveRules()) {
                throw new IllegalStateException("this edge was built before the rules beside Javalin's routes were"
                        + " known: hand its builder to JavalinEdge.install");
            }
            return edge;
        });
    }

    private static void put(JavalinConfig config, Function<JavalinRoutes, Edge> building) {
        config.jetty.modifyServletContextHandler(handler -> {
            var routes = new JavalinRoutes(config);
            Edge edge = building.apply(routes);
            var filter = new FilterHolder(edge);
            filter.setAsyncSupported(true);
            config.events.serverStarting(() -> compare(routes, edge.routes(), handler));
            handler.addFilter(filter, "/*", EnumSet.allOf(DispatcherType.class));
            // Where Jetty wants to show a page of its own, the edge is asked once more.
            var pages = new ErrorPageErrorHandler();
            pages.addErrorPage(400, 599, "/");
            handler.setErrorHandler(pages);
        });
        config.jetty.modifyServer(server -> server.setErrorHandler(new JettyProblems()));
        config.routes.exception(HttpResponseException.class, (refusal, context) -> {
            if (refusal.getStatus() < 400) {
                context.status(refusal.getStatus());
            } else {
                Edge.fail(context.req(), Problem.ofStatus(refusal.getStatus()).exception());
            }
        });
        config.routes.exception(Exception.class, (failure, context) -> Edge.fail(context.req(), failure));
    }

    /** Once every servlet is mapped. */
    private static void compare(JavalinRoutes routes, RouteTable table, ServletContextHandler handler) {
        var patterns = new ArrayList<String>();
        for (ServletMapping mapping : handler.getServletHandler().getServletMappings()) {
            patterns.addAll(List.of(mapping.getPathSpecs()));
        }
        patterns.remove("/*"); // Javalin's own
        routes.requireAgreement(table, patterns);
        List<Route> unserved = routes.unserved(table, patterns);
        if (!unserved.isEmpty()) {
            // Not a failure: static files, and handlers that Jetty has beside its servlets, are not seen here.
            LOG.warn("these routes are declared, but no handler and no servlet serves them: {}", unserved);
        }
    }

    /** Serves a path, such as {@code /v1/auth/*}, by a servlet beside Javalin's own routes. */
    public static void servlet(JavalinConfig config, String path, HttpServlet servlet) {
        config.jetty.modifyServletContextHandler(handler -> {
            var holder = new ServletHolder(servlet);
            holder.setAsyncSupported(true);
            handler.addServlet(holder, path);
        });
    }

    /** A Javalin handler that sends what a function of the exchange answers. */
    public static Handler answering(Function<Exchange, Answer> function) {
        return context -> {
            Exchange exchange = Exchange.of(context.req());
            exchange.send(function.apply(exchange));
        };
    }
}
