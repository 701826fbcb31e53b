// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The application of the suite: plain servlets that behave as the cases say, and what a container puts around them.
 * The edge itself is registered by each container's own means.
 */
public final class Application implements ServletContainerInitializer {

    /** An error page of the application's own, which writes what nobody must read. */
    public static final String ERROR_PAGE = "/case/target/page";

    /** The largest body that its edge lets in. */
    static final int MAXIMUM_BODY = 20_000;

    /** The most parts that its edge lets a body have. */
    static final int MAXIMUM_PARTS = 50;

    private final List<Cases> cases;
    private final boolean frameworkServesItsOwn;
    private final Duration patience;
    private final String mapping;
    private final Edge edge;

    Application(List<Cases> cases, boolean frameworkServesItsOwn, Duration patience, String mapping) {
        this.cases = cases;
        this.frameworkServesItsOwn = frameworkServesItsOwn;
        this.patience = patience;
        this.mapping = mapping;
        edge = Edge.builder()
                .transport(
                        TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK).maximumBody(MAXIMUM_BODY))
                .authenticate(new Witness())
                .routes(this::declare)
                .build();
    }

    /** To be put before everything but {@link #neighbour}. */
    public Edge edge() {
        return edge;
    }

    /** What the edge is to be mapped to. */
    public String mapping() {
        return mapping;
    }

    /** How long the container is to wait for the next byte of a request. */
    public Duration patience() {
        return patience;
    }

    /** A filter of somebody else's before the edge, which fails when it is asked to. */
    public Filter neighbour() {
        return new Neighbour();
    }

    private void declare(Routes routes) {
        for (Cases kind : cases) {
            for (Case one : kind.all()) {
                if (one.declared) {
                    declare(routes, one);
                }
            }
        }
    }

    private static void declare(Routes routes, Case one) {
        switch (one.rule) {
            case OPEN -> routes.open(one.routeMethod(), one.path);
            case SIGNED_IN -> routes.signedIn(one.routeMethod(), one.path);
            case IDEMPOTENT -> routes.signedIn(one.routeMethod(), one.path).idempotent();
        }
    }

    /** Adds the servlets, and a filter that wraps what the edge hands on. */
    @Override
    public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) {
        var behaviours = new HashMap<String, Behaviour>();
        for (Cases kind : cases) {
            for (Case one : kind.all()) {
                if (one.behaviour != null) {
                    behaviours.put(one.path, one.behaviour);
                }
            }
        }
        behaviours.putAll(Targets.all());
        add(context, "case", behaviours, true, "/case/*");
        add(context, "sync", behaviours, false, "/sync/*");
        if (!frameworkServesItsOwn) {
            behaviours.putAll(FrameworkCases.plainly());
            add(context, "framework", behaviours, true, "/framework/*");
        }
        var wrapping = context.addFilter("wrapping", new WrappingFilter());
        wrapping.setAsyncSupported(true);
        wrapping.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/case/*");
    }

    private static void add(
            ServletContext context, String name, Map<String, Behaviour> behaviours, boolean async, String mapping) {
        Servlet servlet = new CaseServlet(behaviours);
        var registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(async);
        registration.setMultipartConfig(new MultipartConfigElement("", 4_000, -1, 0));
        registration.addMapping(mapping);
    }
}
