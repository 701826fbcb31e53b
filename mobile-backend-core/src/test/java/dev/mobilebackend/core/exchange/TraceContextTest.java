// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SENT = "00-" + TRACE + "-" + PARENT + "-01";

    private final RandomGenerator random = new Random(7);

    @Test
    void continuesTheTraceUnderASpanOfItsOwn() {
        TraceContext trace = TraceContext.next(SENT, null, random);

        assertEquals(TRACE, trace.traceId());
        assertEquals(PARENT, trace.parentSpanId());
        assertNotEquals(PARENT, trace.spanId());
        assertTrue(trace.isSampled());
        assertEquals("00-" + TRACE + "-" + trace.spanId() + "-01", trace.traceparent());
    }

    @Test
    void startsATraceThatIsNotSampledWhereNoneIsNamed() {
        TraceContext trace = TraceContext.next(null, "vendor=1", random);

        assertNull(trace.parentSpanId());
        assertFalse(trace.isSampled());
        assertTrue(trace.traceparent().matches("00-[0-9a-f]{32}-[0-9a-f]{16}-02"), trace::traceparent);
        assertEquals("", trace.tracestate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
                "0A-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\u0661",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void startsANewTraceWhereTheFieldIsNotValid(String traceparent) {
        TraceContext trace = TraceContext.next(traceparent, "vendor=1", random);

        assertNotEquals(TRACE, trace.traceId());
        assertNull(trace.parentSpanId());
        assertEquals("", trace.tracestate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "cc", "fe"})
    void readsWhatItKnowsOfALaterVersionAndSpeaksItsOwn(String version) {
        TraceContext exact = TraceContext.next(version + SENT.substring(2), null, random);
        TraceContext more = TraceContext.next(version + SENT.substring(2) + "-what-the-future-brings", null, random);

        assertEquals("00-" + TRACE + "-" + exact.spanId() + "-01", exact.traceparent());
        assertEquals("00-" + TRACE + "-" + more.spanId() + "-01", more.traceparent());
    }

    @Test
    void passesOnTheFlagsThatAreDefinedAndNoOthers() {
        String all = SENT.substring(0, 53) + "ff";

        assertEquals("03", TraceContext.next(all, null, random).traceparent().substring(53));
    }

    @Test
    void drawsAgainWhereAnIdWouldBeZero() {
        Iterator<Long> drawn = List.of(0L, 0L, 5L, 0L, 6L).iterator();

        TraceContext trace = TraceContext.start(drawn::next);

        assertEquals("00-00000000000000000000000000000005-0000000000000006-02", trace.traceparent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1", "a=1,b=2", "0a_-*/@x=!#$%&'()*+-./:;<>?[]^`{|}~", "tenant@vendor=x y"})
    void passesTheStateOnUnchanged(String state) {
        TraceContext trace = TraceContext.next(SENT, state, random);

        assertEquals(state, trace.tracestate());
        assertEquals(Map.of("traceparent", trace.traceparent(), "tracestate", state), trace.fields());
    }

    @Test
    void leavesOutWhatSeparatesTheMembersOfAState() {
        assertEquals(
                "a=1,b=2", TraceContext.next(SENT, " a=1 ,\t, b=2 ,", random).tracestate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a",
                "a=",
                "=1",
                "A=1",
                "_a=1",
                "a =1",
                "a=1=2",
                "a=1,a=2",
                "a=1,b",
                "a=\u00fc",
                "a=1\r\nb: 2"
            })
    void dropsAStateThatIsNotValid(String state) {
        TraceContext trace = TraceContext.next(SENT, state, random);

        assertEquals(TRACE, trace.traceId());
        assertEquals("", trace.tracestate());
        assertEquals(Map.of("traceparent", trace.traceparent()), trace.fields());
    }

    @Test
    void dropsAStateWithMoreMembersThanThirtyTwo() {
        String most = IntStream.range(0, 32).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));

        assertEquals(most, TraceContext.next(SENT, most, random).tracestate());
        assertEquals("", TraceContext.next(SENT, most + ",k32=1", random).tracestate());
    }

    @Test
    void shortensAStateByItsLastLargeMembersFirst() {
        String large = "l=" + "x".repeat(200);
        String rest = IntStream.range(0, 8)
                .mapToObj(i -> "k" + i + "=" + "y".repeat(50))
                .collect(Collectors.joining(","));

        assertEquals(rest, TraceContext.next(SENT, large + "," + rest, random).tracestate());
        assertEquals(
                rest,
                TraceContext.next(SENT, rest + ",k8=" + "y".repeat(100), random).tracestate());
    }

    @Property
    void passesOnNothingThatIsNoState(@ForAll String state) {
        String passedOn = TraceContext.next(SENT, state, random).tracestate();

        assertTrue(passedOn.length() <= 512);
        assertTrue(passedOn.chars().allMatch(c -> c >= 0x20 && c <= 0x7e), passedOn);
        assertEquals(passedOn, TraceContext.next(SENT, passedOn, random).tracestate());
    }

    @Property
    void continuesATraceToTheLetterOrNotAtAll(@ForAll @IntRange(max = 54) int at, @ForAll char wrong) {
        String sent = SENT.substring(0, at) + wrong + SENT.substring(at + 1);

        TraceContext trace = TraceContext.next(sent, null, random);

        boolean continued = sent.substring(3, 35).equals(trace.traceId())
                && sent.substring(36, 52).equals(trace.parentSpanId())
                && sent.matches("[0-9a-f-]+");
        assertTrue(continued || trace.parentSpanId() == null, trace::traceparent);
        assertTrue(trace.traceparent().matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]"), trace::traceparent);
    }

    @Test
    void aRequestHasOneTrace() {
        Exchange exchange = TestExchange.get("traceparent", SENT, "tracestate", "vendor=1");

        assertEquals(TRACE, exchange.trace().traceId());
        assertEquals("vendor=1", exchange.trace().tracestate());
        assertSame(exchange.trace(), exchange.trace());
    }
}
