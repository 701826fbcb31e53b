// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The distributed trace that a piece of work belongs to, and this work's place in it: W3C Trace Context Level 2. It
 * names itself in {@code traceparent}, so that what it calls finds its caller. Immutable; what a client sent is checked
 * to the letter, so every text here can stand in a log line or a field as it is.
 *
 * <pre>{@code
 * Exchange.of(request).trace().fields().forEach(outbound::header);
 * }</pre>
 */
public final class TraceContext {

    private static final int LENGTH = 55;
    private static final int SAMPLED = 1;
    private static final int RANDOM = 2;

    private final long traceHigh;
    private final long traceLow;
    private final long parent;
    private final long span;
    private final int flags;
    private final @Nullable String stateAsSent;

    private TraceContext(
            long traceHigh, long traceLow, long parent, long span, int flags, @Nullable String stateAsSent) {
        this.traceHigh = traceHigh;
        this.traceLow = traceLow;
        this.parent = parent;
        this.span = span;
        this.flags = flags;
        this.stateAsSent = stateAsSent;
    }

    /** The first hop of a new trace, which nobody has decided to sample. */
    public static TraceContext start(RandomGenerator random) {
        long high = random.nextLong();
        return new TraceContext(high, nonZero(random), 0, nonZero(random), RANDOM, null);
    }

    /**
     * The next hop of the trace that the fields {@code traceparent} and {@code tracestate} name, or the first of a new
     * trace where {@code traceparent} is absent or not valid; then {@code tracestate} says nothing (sections 4.2 and
     * 4.3). The fields of a job's maker, kept with the job, continue its trace in the same way.
     */
    public static TraceContext next(@Nullable String traceparent, @Nullable String tracestate, RandomGenerator random) {
        if (traceparent == null || !isWellFormed(traceparent)) {
            return start(random);
        }
        long high = HexFormat.fromHexDigitsToLong(traceparent, 3, 19);
        long low = HexFormat.fromHexDigitsToLong(traceparent, 19, 35);
        long parent = HexFormat.fromHexDigitsToLong(traceparent, 36, 52);
        if ((high | low) == 0 || parent == 0) {
            return start(random);
        }
        int flags = HexFormat.fromHexDigits(traceparent, 53, LENGTH) & (SAMPLED | RANDOM);
        return new TraceContext(high, low, parent, nonZero(random), flags, tracestate);
    }

    /** A later version may have more behind the flags, and what it shares with this one is read (section 4.3). */
    private static boolean isWellFormed(String text) {
        boolean longEnough = text.length() == LENGTH
                || (text.length() > LENGTH && text.charAt(LENGTH) == '-' && !text.startsWith("00"));
        return longEnough
                && isHex(text, 0, 2)
                && !text.startsWith("ff")
                && text.charAt(2) == '-'
                && isHex(text, 3, 35)
                && text.charAt(35) == '-'
                && isHex(text, 36, 52)
                && text.charAt(52) == '-'
                && isHex(text, 53, LENGTH);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    /** An id of zeros stands for none. */
    private static long nonZero(RandomGenerator random) {
        long number = random.nextLong();
        while (number == 0) {
            number = random.nextLong();
        }
        return number;
    }

    /** 32 hexadecimal digits that all hops share. */
    public String traceId() {
        return HexFormat.of().toHexDigits(traceHigh) + HexFormat.of().toHexDigits(traceLow);
    }

    /** 16 hexadecimal digits that are this hop's own. */
    public String spanId() {
        return HexFormat.of().toHexDigits(span);
    }

    /** The span of the caller, 16 hexadecimal digits; null where the trace starts here. */
    public @Nullable String parentSpanId() {
        return parent == 0 ? null : HexFormat.of().toHexDigits(parent);
    }

    /** Whether the caller says that it may have recorded this trace. */
    public boolean isSampled() {
        return (flags & SAMPLED) != 0;
    }

    /** The field that a call from here carries; it makes this hop the parent. */
    public String traceparent() {
        return "00-" + traceId() + '-' + spanId() + "-0" + flags;
    }

    /** What tracing systems of earlier hops pass on, as it came; empty where there is nothing, or nothing valid. */
    public String tracestate() {
        return stateAsSent == null ? "" : TraceState.passedOn(stateAsSent);
    }

    /** The fields that a call from here carries, by name. */
    public Map<String, String> fields() {
        String state = tracestate();
        return state.isEmpty()
                ? Map.of("traceparent", traceparent())
                : Map.of("traceparent", traceparent(), "tracestate", state);
    }

    @Override
    public String toString() {
        return traceparent();
    }
}
