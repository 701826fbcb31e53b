// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.page.jdbi.Keyset;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.push.PushMessage;
import dev.mobilebackend.jobs.push.jdbi.PushJobs;
import dev.mobilebackend.samples.shop.product.Product;
import dev.mobilebackend.samples.shop.product.Products;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Orders: placed once however often they are sent, seen by their owner alone. */
public final class Orders {

    private static final Keyset<Order> NEWEST_FIRST =
            Keyset.<Order>descending("created_at", Order::createdAt).then("id", Order::id);

    /** Whose orders are those of deleted accounts; no account has such an id. */
    private static final String NOBODY = "deleted";

    private final Database database;
    private final JdbiIdempotency idempotency;
    private final JdbiJobStore jobs;
    private final PushJobs push;
    private final Products products;
    private final Paging paging;
    private final InstantSource clock;
    private final RandomGenerator random;

    public Orders(
            Database database,
            JdbiIdempotency idempotency,
            JdbiJobStore jobs,
            PushJobs push,
            Products products,
            Paging paging,
            InstantSource clock,
            RandomGenerator random) {
        this.database = database;
        this.idempotency = idempotency;
        this.jobs = jobs;
        this.push = push;
        this.products = products;
        this.paging = paging;
        this.clock = clock;
        this.random = random;
    }

    /** What somebody bought. */
    public record History(List<Order> orders, List<Receipt> receipts) {}

    /** What a receipt is until it is made. */
    public record Pending(String status) {}

    /** {@code POST /v1/orders}: stock, order, jobs for receipt and mail, and the answer to a retry are one transaction. */
    public Answer place(Exchange exchange) {
        PlaceOrder wanted = JsonBody.read(exchange, PlaceOrder.class).checked();
        return idempotency.inTransaction(exchange, handle -> {
            Product product = products.take(handle, wanted.productId(), wanted.quantity());
            var order = new Order(
                    new UUID(random.nextLong(), random.nextLong()).toString(),
                    product.id(),
                    wanted.quantity(),
                    product.price() * wanted.quantity(),
                    "placed",
                    clock.instant().truncatedTo(ChronoUnit.MICROS));
            insert(handle, exchange.caller().accountId(), order);
            jobs.enqueue(handle, new MakeReceipt(order.id()));
            jobs.enqueue(handle, new OrderMail(order.id()));
            return Answer.json(201, JsonBody.write(order)).header("Location", "/v1/orders/" + order.id());
        });
    }

    /** {@code GET /v1/orders}. */
    public Answer list(Exchange exchange) {
        Page<Order> page = database.withHandle(handle -> NEWEST_FIRST.page(
                handle,
                "SELECT * FROM shop_order WHERE account_id = :account",
                Map.of("account", exchange.caller().accountId()),
                paging.request(exchange),
                Orders::read));
        return Answer.json(200, JsonBody.write(page));
    }

    /** {@code GET /v1/orders/{id}}; the route lets its owner through alone. */
    public Answer one(Exchange exchange) {
        return Answer.json(200, JsonBody.write(find(exchange.pathParameter("id"))));
    }

    /** {@code GET /v1/orders/{id}/receipt}: 202 until the job has made it. */
    public Answer receipt(Exchange exchange) {
        return findReceipt(exchange.pathParameter("id"))
                .map(receipt -> Answer.json(200, JsonBody.write(receipt)))
                .orElseGet(() ->
                        Answer.json(202, JsonBody.write(new Pending("pending"))).header("Retry-After", "1"));
    }

    /**
     * {@code POST /v1/admin/orders/{id}/ship}: the owner's phones hear of it once, however often it is said. An order
     * whose account is gone belongs to nobody who could.
     */
    public Answer ship(Exchange exchange) {
        String id = exchange.pathParameter("id");
        Order shipped = database.inTransaction(handle -> {
            boolean changed =
                    handle.createUpdate("UPDATE shop_order SET status = 'shipped' WHERE id = :id AND status = 'placed'")
                                    .bind("id", id)
                                    .execute()
                            == 1;
            Order order = find(id);
            if (changed) {
                ownerOf(id)
                        .ifPresent(owner -> jobs.enqueue(
                                handle,
                                push.to(
                                        owner,
                                        PushMessage.of("Your order is on its way", "It left our stock today")
                                                .data("order", id)
                                                .collapse("order-" + id))));
            }
            return order;
        });
        return Answer.json(200, JsonBody.write(shipped));
    }

    /** Whose an order is. */
    public Optional<String> ownerOf(String id) {
        return database.withHandle(handle -> handle.createQuery("SELECT account_id FROM shop_order WHERE id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .findOne());
    }

    /** Runs in the transaction that completes its job, so a receipt is made once. */
    public void makeReceipt(MakeReceipt job, Handle handle) {
        handle.createUpdate("INSERT INTO shop_receipt (order_id, made_at) VALUES (:order, :now)")
                .bind("order", job.orderId())
                .bind("now", clock.instant().atOffset(ZoneOffset.UTC))
                .execute();
    }

    /** All orders and receipts of an account, the oldest first, for its owner to take along. */
    public History history(String accountId) {
        return database.withHandle(handle -> new History(
                handle.createQuery("SELECT * FROM shop_order WHERE account_id = :account ORDER BY created_at, id")
                        .bind("account", accountId)
                        .map(Orders::read)
                        .list(),
                handle.createQuery(
                                "SELECT r.order_id, r.number, r.made_at, o.total FROM shop_receipt r"
                                        + " JOIN shop_order o ON o.id = r.order_id WHERE o.account_id = :account ORDER BY r.number")
                        .bind("account", accountId)
                        .map((row, context) -> new Receipt(
                                row.getString("order_id"),
                                row.getLong("number"),
                                row.getLong("total"),
                                instant(row, "made_at")))
                        .list()));
    }

    /** A guest's orders become those of the account that the guest turned out to have. */
    public void handOver(Account guest, Account into) {
        reassign(guest.id(), into.id());
    }

    /** The books keep what was sold, and not to whom. */
    public void forget(Account account) {
        reassign(account.id(), NOBODY);
    }

    private void reassign(String from, String to) {
        database.useTransaction(
                handle -> handle.createUpdate("UPDATE shop_order SET account_id = :to WHERE account_id = :from")
                        .bind("from", from)
                        .bind("to", to)
                        .execute());
    }

    private static void insert(Handle handle, String accountId, Order order) {
        handle.createUpdate("INSERT INTO shop_order (id, account_id, product_id, quantity, total, status, created_at)"
                        + " VALUES (:id, :account, :product, :quantity, :total, :status, :created)")
                .bind("id", order.id())
                .bind("account", accountId)
                .bind("product", order.productId())
                .bind("quantity", order.quantity())
                .bind("total", order.total())
                .bind("status", order.status())
                .bind("created", order.createdAt().atOffset(ZoneOffset.UTC))
                .execute();
    }

    private Order find(String id) {
        return database.withHandle(handle -> handle.createQuery("SELECT * FROM shop_order WHERE id = :id")
                .bind("id", id)
                .map(Orders::read)
                .findOne()
                .orElseThrow(Problem.NOT_FOUND::exception));
    }

    private Optional<Receipt> findReceipt(String orderId) {
        return database.withHandle(handle -> handle.createQuery("SELECT r.number, r.made_at, o.total"
                        + " FROM shop_receipt r JOIN shop_order o ON o.id = r.order_id WHERE r.order_id = :order")
                .bind("order", orderId)
                .map((row, context) ->
                        new Receipt(orderId, row.getLong("number"), row.getLong("total"), instant(row, "made_at")))
                .findOne());
    }

    private static Order read(ResultSet row, StatementContext context) throws SQLException {
        return new Order(
                row.getString("id"),
                row.getLong("product_id"),
                row.getInt("quantity"),
                row.getLong("total"),
                row.getString("status"),
                instant(row, "created_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
