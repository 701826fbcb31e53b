// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Set;

/** Answers the dashboard's endpoints. Stands behind an edge, which has asked who may come in. */
final class DashboardServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Problem MISDIRECTED =
            Problem.of(421, "misdirected-request", "This service is not known by that name.");

    private final transient Endpoints endpoints;
    private final transient Set<String> hosts;

    DashboardServlet(Endpoints endpoints, Set<String> hosts) {
        this.endpoints = endpoints;
        this.hosts = hosts;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = Exchange.of(request);
        if (!exchange.isAdmitted()) {
            throw Problem.NOT_FOUND.exception();
        }
        if (!exchange.isAuthenticated()) {
            String host = exchange.header("Host");
            requireKnownName(host == null ? "" : host);
        }
        exchange.send(endpoints.answer(exchange, request.getContextPath()).header("Cache-Control", "no-store"));
    }

    /**
     * A page of a name that was pointed at this address (DNS rebinding) is of this origin to the browser, and comes from
     * inside the network: only the name tells. No name can be pointed at what is an address already.
     */
    private void requireKnownName(String authority) {
        String host = authority.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
        boolean address = host.startsWith("[") || host.matches("\\d+(\\.\\d+){3}");
        if (!address && !host.equals("localhost") && !hosts.contains(host)) {
            throw MISDIRECTED
                    .detail("the dashboard is not served under this name: name it in hosts(...)")
                    .exception();
        }
    }
}
