// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Jetty on a loopback port with one servlet, bare or behind the edge. Says its port, then for every line that it
 * reads what its threads have used so far: nanoseconds of CPU and bytes allocated.
 */
final class EdgeServer {

    /** As many at the start as at the end: what a thread has used is forgotten when it ends. */
    private static final int THREADS = 16;

    private EdgeServer() {}

    public static void main(String[] arguments) throws Exception {
        var pool = new QueuedThreadPool(THREADS, THREADS);
        var server = new Server(pool);
        var connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        var context = new ServletContextHandler("/");
        context.addServlet(new ProductServlet(), "/v1/products/*");
        if (arguments[0].equals("edge")) {
            var filter = new FilterHolder(edge());
            filter.setAsyncSupported(true);
            context.addFilter(
                    filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        }
        server.setHandler(context);
        server.start();
        System.out.println(connector.getLocalPort());
        reportUntilInputEnds();
        server.stop();
    }

    private static Edge edge() {
        return Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .limit(perClient(1_000_000, Duration.ofSeconds(1)))
                .routes(routes -> routes.open(GET, "/v1/products/{id}"))
                .build();
    }

    private static void reportUntilInputEnds() throws IOException {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long me = Thread.currentThread().getId();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            long[] all = Arrays.stream(threads.getAllThreadIds())
                    .filter(id -> id != me)
                    .toArray();
            System.out.println(used(threads.getThreadCpuTime(all)) + " " + used(threads.getThreadAllocatedBytes(all)));
        }
    }

    /** A thread that has just ended counts -1. */
    private static long used(long[] each) {
        return Arrays.stream(each).filter(value -> value > 0).sum();
    }

    private static final class ProductServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private static final byte[] PRODUCT =
                "{\"id\":42,\"name\":\"Pear, Conference, 1 kg\",\"price\":{\"amount\":299,\"currency\":\"EUR\"},\"stock\":118}"
                        .getBytes(StandardCharsets.UTF_8);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("application/json");
            response.setContentLength(PRODUCT.length);
            response.getOutputStream().write(PRODUCT);
        }
    }
}
