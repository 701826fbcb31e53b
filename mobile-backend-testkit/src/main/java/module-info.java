// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** What an application's own tests run it with. */
@NullMarked
module dev.mobilebackend.testkit {
    requires transitive dev.mobilebackend.auth;
    requires transitive dev.mobilebackend.core;
    requires transitive dev.mobilebackend.jobs;
    requires java.management;
    requires java.net.http;
    requires transitive tools.jackson.databind;
    requires static transitive org.jspecify;
    requires transitive org.junit.jupiter.api;
    requires static transitive io.javalin;
    requires static transitive jakarta.servlet;
    requires static org.eclipse.jetty.alpn.server;
    requires static org.eclipse.jetty.ee10.servlet;
    requires static org.eclipse.jetty.http2.server;
    requires com.zaxxer.hikari;
    requires org.junit.platform.commons;

    exports dev.mobilebackend.testkit.app;
    exports dev.mobilebackend.testkit.client;
    exports dev.mobilebackend.testkit.clock;
    exports dev.mobilebackend.testkit.contract;
    exports dev.mobilebackend.testkit.fake;
    exports dev.mobilebackend.testkit.network;
}
