// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static dev.mobilebackend.core.javalin.JavalinEdge.answering;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static java.time.Duration.ofMinutes;

import dev.mobilebackend.auth.access.Attribute;
import dev.mobilebackend.auth.access.InPerson;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.javalin.Rule;
import dev.mobilebackend.core.openapi.OpenApi;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.samples.shop.admin.Admin;
import dev.mobilebackend.samples.shop.admin.Audit;
import dev.mobilebackend.samples.shop.mail.Mailbox;
import dev.mobilebackend.samples.shop.order.Order;
import dev.mobilebackend.samples.shop.order.Orders;
import dev.mobilebackend.samples.shop.order.PlaceOrder;
import dev.mobilebackend.samples.shop.order.Receipt;
import dev.mobilebackend.samples.shop.order.Reports;
import dev.mobilebackend.samples.shop.product.Product;
import dev.mobilebackend.samples.shop.product.Products;
import dev.mobilebackend.samples.shop.profile.Profile;
import dev.mobilebackend.samples.shop.push.Phones;
import io.javalin.config.RoutesConfig;

/**
 * Every route of the shop's own: who serves it, who may reach it, what it takes and what it gives.
 *
 * @param development whether the mail that would have been sent can be looked at
 */
record ShopRoutes(
        Products products,
        Orders orders,
        Profile profile,
        Phones phones,
        Reports reports,
        Mailbox mailbox,
        Admin admin,
        Audit audit,
        boolean development) {

    void addTo(RoutesConfig routes, JavalinEdge edge) {
        routes.get(
                "/v1/products", answering(products::list), paged(edge.open()).answers(200, Page.class, Product.class));
        routes.get("/v1/products/{id}", answering(products::one), edge.open().answers(200, Product.class));

        Rule inPerson = edge.signedIn().access(new InPerson());
        routes.get("/v1/me", answering(profile::read), edge.signedIn().answers(200, Profile.View.class));
        routes.patch(
                "/v1/me",
                answering(profile::change),
                inPerson.accepts(Profile.Change.class).answers(200, Profile.View.class));
        routes.delete(
                "/v1/me",
                answering(profile::delete),
                inPerson.accepts(Profile.Leaving.class).answers(204));
        routes.get(
                "/v1/me/export",
                answering(profile::export),
                inPerson.access(Access.anyOf(
                                Attribute.of("to be a guest, who has nothing to show", profile::isGuest),
                                StepUp.within(ofMinutes(10))))
                        .answers(200, Profile.Copy.class));

        routes.put(
                "/v1/me/push",
                answering(phones::register),
                inPerson.accepts(Phones.Registration.class).answers(204));
        routes.delete("/v1/me/push", answering(phones::forget), inPerson.answers(204));

        Rule ordering = inPerson.idempotent().limit(perCaller(600, ofMinutes(1)));
        Rule owned = edge.signedIn().owner(orders::ownerOf);
        routes.post(
                "/v1/orders",
                answering(orders::place),
                ordering.accepts(PlaceOrder.class).answers(201, Order.class));
        routes.get("/v1/orders", answering(orders::list), paged(edge.signedIn()).answers(200, Page.class, Order.class));
        routes.get("/v1/orders/{id}", answering(orders::one), owned.answers(200, Order.class));
        routes.get(
                "/v1/orders/{id}/receipt",
                answering(orders::receipt),
                owned.answers(200, Receipt.class).answers(202, Orders.Pending.class));

        Rule operators = edge.role("admin").privateNetwork();
        routes.get("/v1/admin/jobs", answering(admin::jobs), operators);
        routes.post("/v1/admin/orders/{id}/ship", answering(orders::ship), operators.answers(200, Order.class));
        routes.get("/v1/admin/reports", answering(reports::list), operators);
        routes.get(
                "/v1/admin/audit",
                answering(audit::list),
                paged(operators).query("account", String.class).answers(200, Page.class, Audit.Entry.class));
        routes.get(
                "/v1/admin/audit/verification",
                answering(audit::verify),
                operators.answers(200, Audit.Verification.class));
        routes.get(
                "/metrics",
                answering(admin::metrics),
                edge.open().privateNetwork().unlimited());
        if (development) {
            routes.get("/dev/outbox", answering(mailbox::outbox), edge.open().privateNetwork());
        }
        OpenApi document = OpenApi.of("Shop", "1");
        routes.get(
                "/v1/openapi.json",
                answering(document.serving(() -> edge.built().routes())),
                edge.open());
    }

    private static Rule paged(Rule rule) {
        return rule.query("limit", int.class).query("cursor", String.class);
    }
}
