// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** The HTTP edge and data access of a mobile backend. */
@NullMarked
module dev.mobilebackend.core {
    requires static transitive jakarta.servlet;
    // Not only for the compiler: core.validate asks for @Nullable at run time.
    requires transitive org.jspecify;
    requires transitive java.net.http;
    requires transitive java.sql;
    requires transitive org.jdbi.v3.core;
    requires org.slf4j;
    requires tools.jackson.core;
    // Only for applications on Javalin or Jetty: without them dev.mobilebackend.core.javalin and core.jetty are never
    // loaded. Not transitive: modules that use this one and have neither would not compile. Tomcat, for core.tomcat, is
    // read from the class path: its module has the servlet API in it, and no package may come from two.
    requires static io.javalin;
    requires static org.eclipse.jetty.ee10.servlet;
    requires static org.eclipse.jetty.server;
    requires static kotlin.stdlib;
    // Only for applications that count with Micrometer, in the same way.
    requires static micrometer.core;
    // Only for applications on PostgreSQL.
    requires static org.postgresql.jdbc;

    exports dev.mobilebackend.core.ambient;
    exports dev.mobilebackend.core.conditional;
    exports dev.mobilebackend.core.data;
    exports dev.mobilebackend.core.digest;
    exports dev.mobilebackend.core.edge;
    exports dev.mobilebackend.core.exchange;
    exports dev.mobilebackend.core.health;
    exports dev.mobilebackend.core.idempotency;
    exports dev.mobilebackend.core.idempotency.jdbi;
    exports dev.mobilebackend.core.javalin;
    exports dev.mobilebackend.core.observe;
    exports dev.mobilebackend.core.observe.micrometer;
    exports dev.mobilebackend.core.openapi;
    exports dev.mobilebackend.core.load;
    exports dev.mobilebackend.core.jetty;
    exports dev.mobilebackend.core.page;
    exports dev.mobilebackend.core.page.jdbi;
    exports dev.mobilebackend.core.problem;
    exports dev.mobilebackend.core.ratelimit;
    exports dev.mobilebackend.core.remote;
    exports dev.mobilebackend.core.route;
    exports dev.mobilebackend.core.secret;
    exports dev.mobilebackend.core.tomcat;
    exports dev.mobilebackend.core.transport;
    exports dev.mobilebackend.core.validate;
}
