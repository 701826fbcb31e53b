// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.health;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.health.Health.Readiness;
import dev.mobilebackend.core.health.Health.Report;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Answers {@code /live} with 200 while the process runs and {@code /ready} with 200 while it takes requests, below the
 * path it is mapped to. Declare both open and unlimited.
 */
public final class HealthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Health health;

    public HealthServlet(Health health) {
        this.health = health;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = Exchange.of(request);
        String path = String.valueOf(request.getPathInfo());
        switch (path) {
            case "/live" -> exchange.send(answer("{\"status\":\"live\"}"));
            case "/ready" -> exchange.send(answer(readiness(health.report())));
            default -> throw Problem.NOT_FOUND.exception();
        }
    }

    private static Answer answer(String json) {
        return Answer.json(200, json).header("Cache-Control", "no-store");
    }

    private static String readiness(Report report) {
        String status = report.readiness().name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (report.readiness() != Readiness.READY) {
            throw Problem.UNAVAILABLE
                    .detail("this instance is " + status)
                    .with("checks", failed(report))
                    .retryAfter(Duration.ofSeconds(5))
                    .exception();
        }
        return "{\"status\":\"" + status + "\"}";
    }

    private static List<String> failed(Report report) {
        return report.checks().entrySet().stream()
                .filter(check -> !check.getValue())
                .map(Map.Entry::getKey)
                .toList();
    }
}
