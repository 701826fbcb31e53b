// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.exchange.Exchange;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Answers the auth endpoints, under whatever path it is mapped to. Stands behind an edge. */
final class AuthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Endpoints endpoints;
    private final transient DpopGate gate;
    private final transient RequestTrail trail;

    AuthServlet(Endpoints endpoints, DpopGate gate, RequestTrail trail) {
        this.endpoints = endpoints;
        this.gate = gate;
        this.trail = trail;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = Exchange.of(request);
        gate.check(exchange);
        exchange.send(trail.during(exchange, () -> endpoints.answer(exchange)).header("Cache-Control", "no-store"));
    }
}
