// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static dev.mobilebackend.core.javalin.JavalinEdge.answering;
import static dev.mobilebackend.core.javalin.Rules.open;
import static dev.mobilebackend.core.javalin.Rules.role;
import static dev.mobilebackend.core.javalin.Rules.signedIn;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static java.time.Duration.ofMinutes;

import dev.mobilebackend.core.javalin.Rule;
import dev.mobilebackend.core.openapi.OpenApi;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.samples.shop.admin.Admin;
import dev.mobilebackend.samples.shop.admin.Audit;
import dev.mobilebackend.samples.shop.mail.Mailbox;
import dev.mobilebackend.samples.shop.order.Order;
import dev.mobilebackend.samples.shop.order.Orders;
import dev.mobilebackend.samples.shop.order.PlaceOrder;
import dev.mobilebackend.samples.shop.order.Receipt;
import dev.mobilebackend.samples.shop.product.Product;
import dev.mobilebackend.samples.shop.product.Products;
import dev.mobilebackend.samples.shop.profile.Profile;
import io.javalin.config.RoutesConfig;
import java.util.function.Supplier;

/**
 * Every route of the shop's own: who serves it, who may reach it, what it takes and what it gives.
 *
 * @param development whether the mail that would have been sent can be looked at
 */
record ShopRoutes(
        Products products,
        Orders orders,
        Profile profile,
        Mailbox mailbox,
        Admin admin,
        Audit audit,
        boolean development) {

    /** Adds them; the table, of which the document is made, is asked for once the server has started. */
    void addTo(RoutesConfig routes, Supplier<RouteTable> table) {
        routes.get("/v1/products", answering(products::list), paged(open()).answers(200, Page.class, Product.class));
        routes.get("/v1/products/{id}", answering(products::one), open().answers(200, Product.class));

        Rule mine = signedIn().answers(200, Profile.View.class);
        routes.get("/v1/me", answering(profile::read), mine);
        routes.patch("/v1/me", answering(profile::change), mine.accepts(Profile.Change.class));
        routes.delete(
                "/v1/me",
                answering(profile::delete),
                signedIn().accepts(Profile.Leaving.class).answers(204));
        routes.get("/v1/me/export", answering(profile::export), signedIn().answers(200, Profile.Copy.class));

        Rule ordering = signedIn().idempotent().limit(perCaller(600, ofMinutes(1)));
        Rule owned = signedIn().owner(orders::ownerOf);
        routes.post(
                "/v1/orders",
                answering(orders::place),
                ordering.accepts(PlaceOrder.class).answers(201, Order.class));
        routes.get("/v1/orders", answering(orders::list), paged(signedIn()).answers(200, Page.class, Order.class));
        routes.get("/v1/orders/{id}", answering(orders::one), owned.answers(200, Order.class));
        routes.get(
                "/v1/orders/{id}/receipt",
                answering(orders::receipt),
                owned.answers(200, Receipt.class).answers(202, Orders.Pending.class));

        Rule operators = role("admin").privateNetwork();
        routes.get("/v1/admin/jobs", answering(admin::jobs), operators);
        routes.get(
                "/v1/admin/audit",
                answering(audit::list),
                paged(operators).query("account", String.class).answers(200, Page.class, Audit.Entry.class));
        routes.get(
                "/v1/admin/audit/verification",
                answering(audit::verify),
                operators.answers(200, Audit.Verification.class));
        routes.get(
                "/metrics", answering(admin::metrics), open().privateNetwork().unlimited());
        if (development) {
            routes.get("/dev/outbox", answering(mailbox::outbox), open().privateNetwork());
        }
        OpenApi document = OpenApi.of("Shop", "1");
        routes.get("/v1/openapi.json", answering(document.serving(table)), open());
    }

    private static Rule paged(Rule rule) {
        return rule.query("limit", int.class).query("cursor", String.class);
    }
}
