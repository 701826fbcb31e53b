// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.account.CodeSignIns.LinkUse;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.attempt.micrometer.AttemptMetrics;
import dev.mobilebackend.auth.dpop.DpopPolicy;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.health.Drain;
import dev.mobilebackend.core.health.DrainPolicy;
import dev.mobilebackend.core.health.Health;
import dev.mobilebackend.core.health.HealthServlet;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.observe.micrometer.EdgeMetrics;
import dev.mobilebackend.core.page.PagePolicy;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.dashboard.JobsDashboard;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.jdbi.JdbiPushDevices;
import dev.mobilebackend.jobs.push.jdbi.PushJobs;
import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import dev.mobilebackend.samples.shop.admin.Admin;
import dev.mobilebackend.samples.shop.admin.Audit;
import dev.mobilebackend.samples.shop.mail.Mailbox;
import dev.mobilebackend.samples.shop.mail.SendMail;
import dev.mobilebackend.samples.shop.order.MakeReceipt;
import dev.mobilebackend.samples.shop.order.NightlyReport;
import dev.mobilebackend.samples.shop.order.OrderMail;
import dev.mobilebackend.samples.shop.order.Orders;
import dev.mobilebackend.samples.shop.order.Reports;
import dev.mobilebackend.samples.shop.product.Products;
import dev.mobilebackend.samples.shop.profile.Profile;
import dev.mobilebackend.samples.shop.push.Phones;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The shop put together: tables, rooms, routes, server and worker, none of them running yet. */
public final class Shop implements AutoCloseable {

    private static final SchemaPart TABLES = new SchemaPart(
            "shop",
            Shop.class.getClassLoader(),
            List.of("V901__shop.sql", "V902__shop_purge.sql", "V903__shop_key_rotation.sql", "V904__shop_report.sql"));
    private static final int PRODUCTS = 500;

    /** Requests that are being answered may end before the server does. */
    private static final long STOP_MILLIS = 10_000;

    private static final int PURGED_AT_ONCE = 1_000;

    private static final String ADMIN = "admin@shop.example";

    private final Auth auth;
    private final Worker worker;
    private final JobSchedules schedules;
    private final JobsDashboard dashboard;
    private final Health health;
    private final Drain drain;
    private final Javalin server;

    private Shop(
            ShopSettings settings,
            Database database,
            JdbiJobStore jobs,
            JdbiIdempotency idempotency,
            ServerSecret secret,
            InstantSource clock) {
        Schema.install(database, Schema.CORE, AuthSchema.TABLES, JdbiJobStore.SCHEMA, JdbiPushDevices.SCHEMA, TABLES);
        var paging = new Paging(secret, new PagePolicy(20, 100));
        var products = new Products(database, paging, clock);
        var mailbox = new Mailbox(database, clock, settings.development());
        var devices = JdbiPushDevices.of(database, clock);
        PushJobs push = PushJobs.builder(jobs, devices)
                .sender(Platform.APNS, Phones.APP, mailbox::push)
                .sender(Platform.FCM, Phones.APP, mailbox::push)
                .clock(clock)
                .build();
        var orders = new Orders(database, idempotency, jobs, push, products, paging, clock, Ambient.random());
        var reports = new Reports(database);
        var phones = new Phones(devices);
        var figures = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Auth.Builder chosen = Auth.builder(
                        database, secret, (handle, notice) -> jobs.enqueue(handle, new SendMail(notice)))
                .accessTokens(AccessTokenPolicy.of("https://shop.example", "shop"))
                .codeSignIn()
                .linkSignIn(LinkUse.SAME_DEVICE)
                .phones()
                .guests(orders::handOver)
                .impersonation(ImpersonationPolicy.by(Access.allOf(Access.role("admin"), Access.privateNetwork())))
                .listener(account -> {
                    orders.forget(account);
                    devices.forgetOwner(account.id());
                })
                .observe(AttemptMetrics.of(figures))
                .clock(clock);
        if (settings.origin() != null) {
            chosen.dpop(DpopPolicy.of(settings.origin()));
        }
        auth = chosen.build();
        schedules = JobSchedules.builder(jobs)
                .add("nightly-report", Schedule.cron("0 3 * * *", NightlyReport.ZONE), NightlyReport::new)
                .build();
        worker = push.addTo(Worker.builder(jobs))
                .schedules(schedules::tick)
                .handle(NightlyReport.class, jobs.inTransaction(reports::make))
                .handle(OrderMail.class, jobs.inTransaction((job, handle) -> confirm(job, handle, orders, mailbox)))
                .handle(MakeReceipt.class, jobs.inTransaction(orders::makeReceipt))
                .handle(HourlyPurge.class, hourly(jobs, new HourlyPurge.Now()))
                .handle(HourlyPurge.Now.class, (job, context) -> purge(idempotency, clock))
                .handle(RotateKeys.class, hourly(jobs, new RotateKeys.Now()))
                .handle(RotateKeys.Now.class, (job, context) -> auth.keys().rotateIfDue())
                .handle(SendMail.class, jobs.inTransaction((job, handle) -> auth.accounts()
                        .message(job.notice())
                        .ifPresent(message -> mailbox.send(message, handle))))
                .build();
        health = Health.of(database);
        dashboard = JobsDashboard.builder(jobs.view(), paging)
                .watch(Access.privateNetwork())
                .act(Access.allOf(Access.role("admin"), Access.privateNetwork()))
                .schedules(schedules)
                .build();
        drain = new Drain(health, DrainPolicy.usual().grace(settings.grace()));
        Edge.Builder edge = Edge.builder()
                .clock(clock)
                .observe(drain)
                .observe(EdgeMetrics.of(figures))
                .transport(TransportPolicy.strict()
                        .plainHttp(settings.development() ? PlainHttp.LOOPBACK : PlainHttp.NOWHERE))
                .authenticate(auth.bearerStep())
                .limit(perClient(6_000, ofMinutes(1)))
                .routes(auth.routes())
                .routes(dashboard.routes())
                .routes(Shop::declareHealth);
        var routes = new ShopRoutes(
                products,
                orders,
                new Profile(auth, orders, phones),
                phones,
                reports,
                mailbox,
                new Admin(jobs, products, figures),
                new Audit(auth.audit(), paging),
                settings.development());
        server = Javalin.create(config -> serve(config, edge, routes));
        products.seed(PRODUCTS);
        seedAdmin(settings.adminPassword(), clock);
    }

    /** Makes the tables where they are missing, fills an empty shop, and leaves server and worker to be started. */
    public static Shop open(
            ShopSettings settings,
            Database database,
            JdbiJobStore jobs,
            JdbiIdempotency idempotency,
            ServerSecret secret,
            InstantSource clock) {
        return new Shop(settings, database, jobs, idempotency, secret, clock);
    }

    public Javalin server() {
        return server;
    }

    public Worker worker() {
        return worker;
    }

    public JobSchedules schedules() {
        return schedules;
    }

    public Drain drain() {
        return drain;
    }

    /** Lets running jobs finish. */
    @Override
    public void close() {
        worker.close();
        auth.close();
    }

    /**
     * Its own end, the next one and the work of this hour are one transaction, so there is always one, however the work
     * ends: that is a job by itself, which is tried again and may die.
     */
    private static <J extends Record> JobHandler<J> hourly(JdbiJobStore jobs, Record work) {
        return jobs.inTransaction((job, handle) -> {
            jobs.enqueue(handle, NewJob.of(job).after(Duration.ofHours(1)));
            jobs.enqueue(handle, work);
        });
    }

    /** Guests have no address, and get no mail. */
    private void confirm(OrderMail job, Handle handle, Orders orders, Mailbox mailbox) {
        orders.ownerOf(job.orderId())
                .flatMap(auth.accounts()::find)
                .flatMap(account -> Optional.ofNullable(account.email()))
                .ifPresent(email -> mailbox.send(email.text(), "We have your order " + job.orderId(), handle));
    }

    private void purge(JdbiIdempotency idempotency, InstantSource clock) {
        while (idempotency.purgeExpired(PURGED_AT_ONCE) == PURGED_AT_ONCE) {
            // One short transaction after the other, so that nobody waits for them.
        }
        auth.purge(clock.instant());
    }

    /** Served by a servlet, which carries no rules; those of auth are declared by it. */
    private static void declareHealth(Routes routes) {
        routes.open(GET, "/health/live").unlimited().open(GET, "/health/ready").unlimited();
    }

    private void serve(JavalinConfig config, Edge.Builder builder, ShopRoutes routes) {
        config.startup.showJavalinBanner = false;
        config.jetty.modifyServer(jetty -> {
            jetty.setHandler(new GracefulHandler());
            jetty.setStopTimeout(STOP_MILLIS);
        });
        JavalinEdge edge = JavalinEdge.install(config, builder);
        edge.servlet(auth.path() + "/*", auth.servlet());
        edge.servlet(Auth.JWKS_PATH, auth.jwksServlet());
        edge.servlet(dashboard.path() + "/*", dashboard.servlet());
        edge.servlet("/health/*", new HealthServlet(health));
        routes.addTo(config.routes, edge);
    }

    private void seedAdmin(@Nullable String password, InstantSource clock) {
        if (password == null) {
            return;
        }
        try {
            auth.accounts()
                    .tryCreate(EmailAddress.parse(ADMIN), password.toCharArray(), Set.of("admin"), clock.instant());
        } catch (ProblemException refused) {
            throw new IllegalArgumentException(
                    "SHOP_ADMIN_PASSWORD " + refused.problem().errors().get(0).detail(), refused);
        }
    }
}
