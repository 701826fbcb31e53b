// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.util.EnumSet;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/**
 * Puts an edge in front of a Javalin 7 application.
 *
 * <pre>{@code
 * Javalin.create(config -> {
 *     JavalinEdge.install(config, edge);
 *     JavalinEdge.servlet(config, "/v1/auth/*", auth.servlet());
 *     config.routes.get("/v1/me", JavalinEdge.answering(profile::read));
 * }).start();
 * }</pre>
 */
@SuppressWarnings("exports") // whoever calls this requires Javalin already
public final class JavalinEdge {

    private JavalinEdge() {}

    /** Call it first, so that the edge is the outermost filter. */
    public static void install(JavalinConfig config, Edge edge) {
        config.jetty.modifyServletContextHandler(handler -> {
            var filter = new FilterHolder(edge);
            filter.setAsyncSupported(true);
            handler.addFilter(
                    filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
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
