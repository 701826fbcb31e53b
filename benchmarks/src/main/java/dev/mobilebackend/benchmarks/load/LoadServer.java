// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.load;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.load.LoadPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Jetty with 200 threads behind the edge, whose servlet needs one of ten connections to a database for 250 ms: it can
 * answer 40 requests a second. A second servlet takes no time, to warm up by. Says its port and runs until its input
 * ends.
 */
final class LoadServer {

    static final int CAPACITY_PER_SECOND = 40;

    private static final int CONNECTIONS = 10;
    private static final int WORK_MILLIS = 250;

    private LoadServer() {}

    public static void main(String[] arguments) throws Exception {
        var server = new Server(new QueuedThreadPool(200));
        var connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(4_096);
        server.addConnector(connector);
        var context = new ServletContextHandler("/");
        context.addServlet(new OrdersServlet(WORK_MILLIS), "/v1/orders");
        context.addServlet(new OrdersServlet(0), "/v1/quick");
        var filter =
                new FilterHolder(edge(arguments[0].equals("limited") ? LoadPolicy.adaptive() : LoadPolicy.unlimited()));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        server.setHandler(context);
        server.start();
        System.out.println(connector.getLocalPort());
        System.in.transferTo(OutputStream.nullOutputStream());
        // What still waits for a connection would hold an orderly stop up.
        Runtime.getRuntime().halt(0);
    }

    private static Edge edge(LoadPolicy policy) {
        return Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .load(policy)
                .routes(routes -> routes.open(GET, "/v1/orders").open(GET, "/v1/quick"))
                .build();
    }

    private static final class OrdersServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private static final byte[] ORDERS = "{\"items\":[]}".getBytes(StandardCharsets.UTF_8);

        private final transient Semaphore database = new Semaphore(CONNECTIONS, true);
        private final int millis;

        OrdersServlet(int millis) {
            this.millis = millis;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            try {
                database.acquire();
                try {
                    Thread.sleep(millis);
                } finally {
                    database.release();
                }
            } catch (InterruptedException stopped) {
                throw new ServletException("stopped while it worked", stopped);
            }
            response.setContentType("application/json");
            response.setContentLength(ORDERS.length);
            response.getOutputStream().write(ORDERS);
        }
    }
}
