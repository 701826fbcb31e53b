// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.observe.AccessLogPolicy.Client;
import dev.mobilebackend.core.observe.CapturedLog.Event;
import dev.mobilebackend.core.problem.Problem;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class AccessLogTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final Endpoint ORDER = new Endpoint(HttpMethod.GET, "/v1/orders/{id}", List.of("id"), List.of());
    private static final Endpoint PLACE = new Endpoint(HttpMethod.POST, "/v1/orders", List.of(), List.of());
    private static final String FIELDS = "time request_id trace_id span_id method route status bytes duration_us ending"
            + " client account_id session_id actor_id device_id app_version problem";
    private static final Outcome ANSWERED = new Outcome(200, 187, Ending.ANSWERED, null);

    private final CapturedLog all = new CapturedLog(Level.INFO);
    private final CapturedLog denied = new CapturedLog(Level.INFO);
    private final AccessLog lines = new AccessLog(AccessLogPolicy.lines(), all, denied);

    @Test
    void writesOneLineWithWhoAskedForWhatAndHowItWent() {
        Exchange exchange = order("192.0.2.77", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
        exchange.authenticated(new Caller("account-1", "session-1", Set.of("admin")));

        lines.after(exchange, ANSWERED);

        assertEquals(
                "time=2026-11-23T12:00:00.000Z request_id=request-1 trace_id=" + TRACE + " span_id="
                        + exchange.trace().spanId()
                        + " method=GET route=/v1/orders/{id} status=200 bytes=187 duration_us=0 ending=answered"
                        + " client=192.0.2.0/24 account_id=account-1 session_id=session-1 device_id=device-1"
                        + " app_version=2.4.1",
                all.event().message());
        assertEquals(Level.INFO, all.event().level());
        assertEquals(List.of(), denied.events());
    }

    @Test
    void namesWhoActsInTheCallersPlace() {
        Exchange exchange = order("192.0.2.77");
        exchange.authenticated(
                new Caller("account-1", "session-2", Set.of(), Set.of(), Authentication.UNKNOWN, "account-2"));

        lines.after(exchange, ANSWERED);

        assertTrue(
                all.event().message().contains(" account_id=account-1 session_id=session-2 actor_id=account-2 "),
                () -> all.event().message());
    }

    @Test
    void hasNothingOfWhatTheClientSentBesideThoseFields() {
        Exchange exchange = order(
                "192.0.2.77",
                "Authorization",
                "Bearer secret-1",
                "Cookie",
                "session=secret-2",
                "Idempotency-Key",
                "secret-3",
                "tracestate",
                "vendor=secret-4");

        lines.after(exchange, ANSWERED);

        assertFalse(all.event().message().contains("secret"), () -> all.event().message());
    }

    @Test
    void givesEncodersTheFieldsAsPairsBesideAShortMessage() {
        Exchange exchange = order("192.0.2.77");

        new AccessLog(AccessLogPolicy.pairs(), all, denied).after(exchange, ANSWERED);

        Event event = all.event();
        assertEquals("GET /v1/orders/{id} 200", event.message());
        assertEquals(200L, event.pairs().get("status"));
        assertEquals("/v1/orders/{id}", event.pairs().get("route"));
        assertEquals(exchange.trace().traceId(), event.pairs().get("trace_id"));
        assertEquals(
                List.of(
                        "time",
                        "request_id",
                        "trace_id",
                        "span_id",
                        "method",
                        "route",
                        "status",
                        "bytes",
                        "duration_us",
                        "ending",
                        "client",
                        "device_id",
                        "app_version"),
                List.copyOf(event.pairs().keySet()));
    }

    @Test
    void saysOfAClientAsMuchAsItIsTold() {
        assertEquals("192.0.2.0/24", client(AccessLogPolicy.pairs(), "192.0.2.77"));
        assertEquals("2001:db8:7::/48", client(AccessLogPolicy.pairs(), "2001:db8:7:1:2:3:4:5"));
        assertEquals("192.0.2.77", client(AccessLogPolicy.pairs().client(Client.ADDRESS), "192.0.2.77"));
        assertEquals("null", client(AccessLogPolicy.pairs().client(Client.NOTHING), "192.0.2.77"));
    }

    @Test
    void writesThoseThatWereDeniedToTheirOwnLogger() {
        for (int status : new int[] {401, 403, 429}) {
            lines.after(order("192.0.2.77"), refused(Problem.of(status, "no", "No.")));
        }
        lines.after(order("192.0.2.77"), refused(Problem.NOT_FOUND));

        assertEquals(4, denied.events().size());
        assertTrue(denied.events().get(3).message().contains(" problem=not-found"));
        assertEquals(List.of(), all.events());
    }

    @Test
    void writesOtherRefusalsAndWhatAHandlerDoesNotFindToTheUsualLogger() {
        Exchange answered = order("192.0.2.77");
        answered.admitted();

        lines.after(answered, refused(Problem.NOT_FOUND));
        lines.after(order("192.0.2.77"), refused(Problem.BODY_TOO_LARGE));

        assertEquals(2, all.events().size());
        assertEquals(List.of(), denied.events());
    }

    @Test
    void warnsOfWhatFailedOnOurSide() {
        lines.after(order("192.0.2.77"), refused(Problem.INTERNAL_ERROR));
        lines.after(order("192.0.2.77"), new Outcome(200, 10, Ending.CUT_OFF, Problem.INTERNAL_ERROR));
        lines.after(order("192.0.2.77"), new Outcome(200, 10, Ending.CLIENT_GONE, null));
        lines.after(order("192.0.2.77"), refused(Problem.UNAVAILABLE));

        assertEquals(
                List.of(Level.WARN, Level.WARN, Level.INFO, Level.INFO),
                all.events().stream().map(Event::level).toList());
        assertTrue(all.events().get(1).message().contains(" ending=cut_off "));
        assertTrue(all.events().get(2).message().contains(" ending=client_gone "));
    }

    @Test
    void saysThatAnAnswerWasGivenBefore() {
        Exchange exchange = TestExchange.of(facts("POST", "192.0.2.77"));
        exchange.matched(PLACE);
        exchange.send(Answer.of(204).header("Idempotent-Replayed", "true"));

        lines.after(exchange, ANSWERED);

        assertTrue(all.event().message().endsWith(" replayed=true"), () -> all.event()
                .message());
    }

    @Test
    void namesNeitherAnUndeclaredPathNorAnUnknownMethod() {
        Exchange exchange = TestExchange.of(facts("SECRET", "192.0.2.77"));

        lines.after(exchange, refused(Problem.NOT_FOUND));

        assertTrue(all.event().message().contains(" method=_OTHER route=undeclared "));
        assertFalse(all.event().message().contains("secret-path"));
    }

    @Test
    void allocatesNothingForALoggerThatIsOff() {
        var off = new CapturedLog(Level.WARN);
        var log = new AccessLog(AccessLogPolicy.lines(), off, off);
        Exchange exchange = order("192.0.2.77");
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        log.after(exchange, ANSWERED);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            log.after(exchange, ANSWERED);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 1_000, () -> allocated + " bytes for 1,000 requests");
        assertEquals(List.of(), off.events());
    }

    @Test
    void staysOneLineOfPlainTextWhateverTheListOfNaughtyStringsHolds() {
        NaughtyStrings.ALL.forEach(this::assertNothingInjected);
    }

    @Property
    void staysOneLineOfPlainTextWhateverAValueIs(@ForAll String value) {
        assertNothingInjected(value);
    }

    /** With the value in every place that a client or an application can fill, past all that checks it before. */
    private void assertNothingInjected(String value) {
        var facts = new RequestFacts(
                value, Instant.EPOCH, value, value, ClientAddress.parse("192.0.2.1"), true, value, value, null);
        Exchange exchange = TestExchange.of(facts, "traceparent", value, "tracestate", value);
        exchange.matched(new Endpoint(HttpMethod.GET, "/" + value, List.of(), List.of()));
        exchange.authenticated(new Caller(value, value, Set.of(), Set.of(), Authentication.UNKNOWN, value));
        Outcome outcome = refused(Problem.of(400, "code", "No."));
        all.events().clear();

        lines.after(exchange, outcome);
        new AccessLog(AccessLogPolicy.pairs(), all, denied).after(exchange, outcome);

        String line = all.events().get(0).message();
        assertTrue(isPrintable(line), () -> LogText.clean(line));
        Map<String, String> fields = ReadLine.fields(line);
        assertEquals(FIELDS, String.join(" ", fields.keySet()));
        assertEquals("400", fields.get("status"));
        assertTrue(value.length() > 256 || value.equals(fields.get("account_id")), line);
        Event event = all.events().get(1);
        assertTrue(isPrintable(event.message()));
        event.pairs().values().forEach(pair -> assertTrue(isPrintable(pair.toString())));
    }

    private String client(AccessLogPolicy policy, String address) {
        all.events().clear();
        new AccessLog(policy, all, denied).after(order(address), ANSWERED);
        return String.valueOf(all.event().pairs().get("client"));
    }

    private static Outcome refused(Problem problem) {
        return new Outcome(problem.status(), 0, Ending.ANSWERED, problem);
    }

    private static Exchange order(String client, String... headers) {
        Exchange exchange = TestExchange.of(facts("GET", client), headers);
        exchange.matched(ORDER, "/v1/orders/order-7");
        return exchange;
    }

    private static RequestFacts facts(String method, String client) {
        return new RequestFacts(
                "request-1",
                Instant.parse("2026-11-23T12:00:00Z"),
                method,
                "/secret-path",
                ClientAddress.parse(client),
                true,
                "device-1",
                "2.4.1",
                null);
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
