// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.idempotency;

import static dev.mobilebackend.core.exchange.HttpMethod.POST;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.core.validate.JsonBody;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** One order, one inserted row, under two paths: in a transaction of its own, and idempotent. */
final class OrderApp extends HttpServlet {

    static final String PLAIN = "/plain";
    static final String IDEMPOTENT = "/idempotent";

    private static final long serialVersionUID = 1L;

    record PlaceOrder(long productId, int quantity) {}

    private final transient Database database;
    private final transient JdbiIdempotency idempotency;

    OrderApp(Database database) {
        this.database = database;
        this.idempotency = new JdbiIdempotency(database);
    }

    static void createTable(Database database) {
        database.useTransaction(handle -> handle.execute("CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY"
                + " PRIMARY KEY, account text NOT NULL, product bigint NOT NULL, quantity int NOT NULL,"
                + " created_at timestamptz NOT NULL DEFAULT now())"));
    }

    static Edge edge() {
        return Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(exchange -> exchange.authenticated(new Caller("account", "session", Set.of())))
                .routes(routes ->
                        routes.signedIn(POST, PLAIN).signedIn(POST, IDEMPOTENT).idempotent())
                .build();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = Exchange.of(request);
        PlaceOrder wanted = JsonBody.read(exchange, PlaceOrder.class);
        exchange.send(
                request.getRequestURI().equals(PLAIN)
                        ? database.inTransaction(handle -> place(handle, wanted))
                        : idempotency.inTransaction(exchange, handle -> place(handle, wanted)));
    }

    static Answer place(Handle handle, PlaceOrder wanted) {
        long id = handle.createUpdate(
                        "INSERT INTO orders (account, product, quantity) VALUES ('account', :product, :quantity)")
                .bind("product", wanted.productId())
                .bind("quantity", wanted.quantity())
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        return Answer.json(
                        201,
                        "{\"id\":" + id + ",\"productId\":" + wanted.productId() + ",\"quantity\":" + wanted.quantity()
                                + ",\"status\":\"placed\"}")
                .header("Location", "/orders/" + id);
    }
}
