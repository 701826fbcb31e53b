// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.product;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.mobilebackend.cache.Cache;
import dev.mobilebackend.cache.CacheStatistics;
import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.page.jdbi.Keyset;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The catalogue: read by everybody, cached, and taken from by orders. */
public final class Products {

    private static final Keyset<Product> BY_ID = Keyset.ascending("id", Product::id);
    private static final Problem OUT_OF_STOCK =
            Problem.of(409, "out-of-stock", "There are not enough pieces of this product.");
    private static final String CACHEABLE = "public, max-age=10";

    private final Database database;
    private final Paging paging;
    private final Cache<Long, Product> cache;

    public Products(Database database, Paging paging, InstantSource clock) {
        this.database = database;
        this.paging = paging;
        this.cache = Cache.<Long, Product>named("products")
                .maximumSize(10_000)
                .timeToLive(ofSeconds(30))
                .staleOnError(ofMinutes(10))
                .absentFor(ofSeconds(5))
                .clock(clock)
                .build(this::find);
    }

    /** {@code GET /v1/products}. */
    public Answer list(Exchange exchange) {
        Page<Product> page = database.withHandle(handle -> BY_ID.page(
                handle, "SELECT * FROM shop_product WHERE TRUE", Map.of(), paging.request(exchange), Products::read));
        return cacheable(exchange, page);
    }

    /** {@code GET /v1/products/{id}}. */
    public Answer one(Exchange exchange) {
        String id = exchange.pathParameter("id");
        return cacheable(exchange, numbered(id).flatMap(cache::get).orElseThrow(() -> Problem.NOT_FOUND
                .detail("there is no product " + id)
                .exception()));
    }

    /**
     * Takes pieces out of the stock in the transaction of an order; 422 without such a product, 409 with too few.
     *
     * @return the product as it was sold
     */
    public Product take(Handle handle, long id, int quantity) {
        int taken = handle.createUpdate(
                        "UPDATE shop_product SET stock = stock - :quantity WHERE id = :id AND stock >= :quantity")
                .bind("id", id)
                .bind("quantity", quantity)
                .execute();
        Product product = find(handle, id).orElseThrow(() -> Problem.INVALID_INPUT
                .detail("there is no product " + id)
                .error("#/productId", "the id of a product")
                .exception());
        if (taken == 0) {
            throw OUT_OF_STOCK
                    .detail("there are " + product.stock() + " pieces of product " + id + ", not " + quantity)
                    .exception();
        }
        Database.afterCommit(handle, () -> cache.invalidate(id));
        return product;
    }

    public CacheStatistics cacheStatistics() {
        return cache.statistics();
    }

    /** Puts products into an empty shop. */
    public void seed(int count) {
        database.useTransaction(handle -> {
            if (handle.createQuery("SELECT count(*) FROM shop_product")
                            .mapTo(Long.class)
                            .one()
                    > 0) {
                return;
            }
            var batch = handle.prepareBatch("INSERT INTO shop_product VALUES (:id, :name, :price, :stock)");
            for (long id = 1; id <= count; id++) {
                batch.bind("id", id)
                        .bind("name", "Product " + id)
                        .bind("price", 100 + id * 37 % 9_900)
                        .bind("stock", 10_000)
                        .add();
            }
            batch.execute();
        });
    }

    private Optional<Product> find(long id) {
        return database.withHandle(handle -> find(handle, id));
    }

    private static Optional<Product> find(Handle handle, long id) {
        return handle.createQuery("SELECT * FROM shop_product WHERE id = :id")
                .bind("id", id)
                .map(Products::read)
                .findOne();
    }

    private static Answer cacheable(Exchange exchange, Object view) {
        byte[] json = JsonBody.write(view);
        return ETag.of(json).onRead(exchange, Answer.json(200, json).header("Cache-Control", CACHEABLE));
    }

    private static Optional<Long> numbered(String id) {
        return id.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(id)) : Optional.empty();
    }

    private static Product read(ResultSet row, StatementContext context) throws SQLException {
        return new Product(row.getLong("id"), row.getString("name"), row.getLong("price"), row.getInt("stock"));
    }
}
