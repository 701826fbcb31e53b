// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;

import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.web.BearerStep;
import dev.mobilebackend.benchmarks.ServerJvm;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Caller;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Jetty on a loopback port with one servlet, bare or behind the edge. */
final class EdgeServer {

    /** As many at the start as at the end: what a thread has used is forgotten when it ends. */
    private static final int THREADS = 16;

    private EdgeServer() {}

    public static void main(String[] arguments) throws Exception {
        var pool = new QueuedThreadPool(THREADS, THREADS);
        var server = new Server(pool);
        var http = new HttpConfiguration();
        http.addCustomizer((request, fields) -> new SecureRequest(request));
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(Duration.ofMinutes(10).toMillis());
        server.addConnector(connector);
        var context = new ServletContextHandler("/");
        context.addServlet(new ProductServlet(), "/v1/products/*");
        var tokens = AccessTokens.builder(
                        new AccessTokenPolicy(
                                "https://shop.example", "shop", Duration.ofMinutes(50), Duration.ofSeconds(5)),
                        KeyRing.builder(new InMemoryKeyStore()).build())
                .build();
        if (arguments[0].equals("edge")) {
            var filter = new FilterHolder(edge(tokens));
            filter.setAsyncSupported(true);
            context.addFilter(
                    filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        }
        server.setHandler(context);
        server.start();
        ServerJvm.answer(connector.getLocalPort(), () -> token(tokens));
        server.stop();
    }

    private static Edge edge(AccessTokens tokens) {
        return Edge.builder()
                .limit(perClient(1_000_000, Duration.ofSeconds(1)))
                .authenticate(new BearerStep(tokens, new Revocations(), Set.of()))
                .routes(routes -> routes.signedIn(GET, Product.PATH))
                .build();
    }

    private static String token(AccessTokens tokens) {
        var caller = new Caller(UUID.randomUUID().toString(), UUID.randomUUID().toString(), Set.of("customer"));
        return tokens.issue(caller).token();
    }

    /** Counts as having come by TLS, as requests do where they are served: plain ones are asked more, and told less. */
    private static final class SecureRequest extends Request.Wrapper {

        SecureRequest(Request request) {
            super(request);
        }

        @Override
        public boolean isSecure() {
            return true;
        }
    }

    private static final class ProductServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("application/json");
            response.setContentLength(Product.json().length);
            response.getOutputStream().write(Product.json());
        }
    }
}
