// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.jetty.JettyProblems;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.RouteTable;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.http.HttpServlet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.ServletMapping;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge in front of a Javalin 7 application. The rules of Javalin's own routes travel with those; what servlets
 * serve beside them is declared in the edge's builder. What is served and has no rule stops the start. Rules begin
 * here and nowhere else, since to a Javalin without an edge they would mean nothing.
 *
 * <pre>{@code
 * Javalin.create(config -> {
 *     var edge = JavalinEdge.install(config, Edge.builder().authenticate(auth.bearerStep()).routes(auth.routes()));
 *     edge.servlet("/v1/auth/*", auth.servlet());
 *     config.routes.get("/v1/products/{id}", answering(products::one), edge.open());
 *     config.routes.get("/v1/orders/{id}", answering(orders::one), edge.signedIn().owner(orders::ownerOf));
 * }).start();
 * }</pre>
 */
@SuppressWarnings("exports") // whoever calls this requires Javalin already
public final class JavalinEdge {

    private static final Logger LOG = LoggerFactory.getLogger(JavalinEdge.class);

    private final JavalinConfig config;
    private volatile @Nullable Edge built;

    private JavalinEdge(JavalinConfig config) {
        this.config = config;
    }

    /**
     * Builds the edge when the server starts, with the rules that were registered beside Javalin's routes. Call it
     * first, so that the edge is the outermost filter.
     */
    public static JavalinEdge install(JavalinConfig config, Edge.Builder edge) {
        requireNonNull(config, "config must not be null");
        requireNonNull(edge, "edge must not be null: such as Edge.builder()");
        return new JavalinEdge(config).put(routes -> {
            edge.routes(routes::declare);
            return edge.build();
        });
    }

    /** Puts a finished edge, whose table names every route, in front. Call it first. */
    public static JavalinEdge install(JavalinConfig config, Edge edge) {
        requireNonNull(config, "config must not be null");
        requireNonNull(edge, "edge must not be null: such as Edge.builder()");
        return new JavalinEdge(config).put(routes -> {
            if (routes.haveRules()) {
                throw new IllegalStateException("this edge was built before the rules beside Javalin's routes were"
                        + " known: hand its builder to JavalinEdge.install");
            }
            return edge;
        });
    }

    private JavalinEdge put(Function<JavalinRoutes, Edge> building) {
        config.jetty.modifyServletContextHandler(handler -> {
            var routes = new JavalinRoutes(config);
            Edge edge = building.apply(routes);
            built = edge;
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
        return this;
    }

    /** The finished edge, from the server's start on. */
    public Edge built() {
        Edge finished = built;
        if (finished == null) {
            throw new IllegalStateException("the edge is built when the server starts: ask for it after that");
        }
        return finished;
    }

    /** A rule by which everybody may reach a route. */
    public Rule open() {
        return only(Access.open());
    }

    /** A rule by which those who have signed in may reach a route. */
    public Rule signedIn() {
        return only(Access.signedIn());
    }

    /** A rule by which those who have a role may reach a route. */
    public Rule role(String role) {
        return only(Access.role(role));
    }

    /** A rule by which those whose token has a scope may reach a route. */
    public Rule scope(String scope) {
        return only(Access.scope(scope));
    }

    /** A rule by which those may reach a route who meet a condition, such as one made by {@link Access#anyOf}. */
    public Rule only(Access condition) {
        return Rule.beginning(condition);
    }

    /**
     * Serves a path, such as {@code /v1/auth/*}, by a servlet beside Javalin's own routes; one that has {@link
     * MultipartConfig} takes parts.
     */
    public void servlet(String path, HttpServlet servlet) {
        requireNonNull(path, "path must not be null: such as /v1/auth/*");
        requireNonNull(servlet, "servlet must not be null");
        MultipartConfig parts = servlet.getClass().getAnnotation(MultipartConfig.class);
        config.jetty.modifyServletContextHandler(handler -> {
            var holder = new ServletHolder(servlet);
            holder.setAsyncSupported(true);
            if (parts != null) {
                holder.getRegistration().setMultipartConfig(new MultipartConfigElement(parts));
            }
            handler.addServlet(holder, path);
        });
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

    /** A Javalin handler that sends what a function of the exchange answers. */
    public static Handler answering(Function<Exchange, Answer> function) {
        requireNonNull(function, "function must not be null");
        return context -> {
            Exchange exchange = Exchange.of(context.req());
            exchange.send(function.apply(exchange));
        };
    }
}
