// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.TraceContext;
import dev.mobilebackend.core.observe.AccessLogPolicy.Form;
import dev.mobilebackend.core.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line a request, written when it has ended: who asked for which declared route, from where, and how it went. It
 * holds no header, cookie, query, body or path as sent, and no value in it can end or forge a line (OWASP ASVS 16.4.1).
 * A logger that is off costs nothing.
 */
public final class AccessLog implements EdgeStep {

    /** The logger of every request: level INFO, and WARN for what failed on our side. */
    public static final String LOGGER = "dev.mobilebackend.access";

    /**
     * The logger of those that were {@linkplain RequestLabels#isDenied denied}, instead of {@link #LOGGER}, whose level
     * holds for it unless it is given one of its own (OWASP ASVS 16.3).
     */
    public static final String DENIED = LOGGER + ".denied";

    private final AccessLogPolicy policy;
    private final Logger all;
    private final Logger denied;
    private final IsoTime time = new IsoTime();

    public AccessLog(AccessLogPolicy policy) {
        this(policy, LoggerFactory.getLogger(LOGGER), LoggerFactory.getLogger(DENIED));
    }

    AccessLog(AccessLogPolicy policy, Logger all, Logger denied) {
        this.policy = policy;
        this.all = all;
        this.denied = denied;
    }

    @Override
    public void apply(Exchange exchange) {}

    @Override
    public void after(Exchange exchange, Outcome outcome) {
        Logger logger = RequestLabels.isDenied(exchange, outcome) ? denied : all;
        Level level = isFailure(outcome) ? Level.WARN : Level.INFO;
        if (!logger.isEnabledForLevel(level)) {
            return;
        }
        if (policy.form() == Form.LINE) {
            var line = new LineFields();
            describe(exchange, outcome, line);
            if (level == Level.WARN) {
                logger.warn(line.toString());
            } else {
                logger.info(line.toString());
            }
        } else {
            LoggingEventBuilder event = logger.atLevel(level);
            describe(exchange, outcome, new PairFields(event));
            event.log(RequestLabels.method(exchange)
                    + ' '
                    + LogText.clean(RequestLabels.route(exchange))
                    + ' '
                    + outcome.status());
        }
    }

    /**
     * A line about a request that a container refused before any filter, so that the id in its answer stands in a log.
     * Nothing else is known of it.
     */
    public static void refusedByContainer(Problem problem, String requestId) {
        LoggerFactory.getLogger(LOGGER)
                .info(
                        "request_id={} status={} ending=answered problem={}",
                        requestId,
                        problem.status(),
                        problem.code());
    }

    /** A 503 is said on purpose, by a drain or under load, and many times in a row. */
    private static boolean isFailure(Outcome outcome) {
        return outcome.ending() == Ending.CUT_OFF || (outcome.status() >= 500 && outcome.status() != 503);
    }

    private void describe(Exchange exchange, Outcome outcome, Fields to) {
        RequestFacts facts = exchange.facts();
        TraceContext trace = exchange.trace();
        to.put("time", time.format(facts.receivedAt()));
        to.put("request_id", facts.requestId());
        to.put("trace_id", trace.traceId());
        to.put("span_id", trace.spanId());
        to.put("method", RequestLabels.method(exchange));
        to.put("route", RequestLabels.route(exchange));
        to.put("status", outcome.status());
        to.put("bytes", outcome.bytes());
        to.put("duration_us", exchange.elapsedNanos() / 1_000);
        to.put("ending", word(outcome.ending()));
        switch (policy.client()) {
            case NETWORK -> to.put("client", ClientNetwork.of(facts.client()));
            case ADDRESS -> to.put("client", facts.client().toString());
            case NOTHING -> {}
        }
        if (exchange.isAuthenticated()) {
            Caller caller = exchange.caller();
            to.put("account_id", caller.accountId());
            to.put("session_id", caller.sessionId());
            putIfKnown(to, "actor_id", caller.actorId());
        }
        putIfKnown(to, "device_id", facts.deviceId());
        putIfKnown(to, "app_version", facts.appVersion());
        Problem problem = outcome.problem();
        putIfKnown(to, "problem", problem == null ? null : problem.code());
        if (exchange.isReplayed()) {
            to.put("replayed", "true");
        }
    }

    private static String word(Ending ending) {
        return switch (ending) {
            case ANSWERED -> "answered";
            case CUT_OFF -> "cut_off";
            case CLIENT_GONE -> "client_gone";
        };
    }

    private static void putIfKnown(Fields to, String name, @Nullable String value) {
        if (value != null) {
            to.put(name, value);
        }
    }
}
