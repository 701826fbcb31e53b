// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How jobs of one kind are tried: how often and how far apart, what an error of theirs means, and how long an attempt may
 * take. Immutable.
 *
 * <pre>{@code
 * .handle(Charge.class, this::charge, HandlerPolicy.STANDARD
 *     .giveUpOn(CardRefusedException.class)
 *     .retryAfter(BusyException.class, BusyException::retryAfter)
 *     .timeout(Duration.ofSeconds(30)))
 * }</pre>
 *
 * Of the rules for errors the one for the class nearest to what was thrown counts. Where there is none for it, its cause
 * is looked at, and so on; an error without a rule is tried again by the {@link RetryPolicy}.
 */
public final class HandlerPolicy {

    /** The worker's own retries, no rules, no timeout. */
    public static final HandlerPolicy STANDARD = new HandlerPolicy(null, Map.of(), null, false);

    private static final int MOST_CAUSES = 20;

    private final @Nullable RetryPolicy retry;
    private final Map<Class<?>, Rule> rules;
    private final @Nullable Duration timeout;
    private final boolean interrupts;

    /** What an error means. */
    sealed interface Verdict {
        /** Another attempt is of no use. */
        record GiveUp() implements Verdict {}

        /** The next attempt comes after that time, if there is one left. */
        record RetryAfter(Duration delay) implements Verdict {}

        /** As the {@link RetryPolicy} has it. */
        record Retry() implements Verdict {}
    }

    private interface Rule {
        Verdict of(Throwable thrown);
    }

    private HandlerPolicy(
            @Nullable RetryPolicy retry, Map<Class<?>, Rule> rules, @Nullable Duration timeout, boolean interrupts) {
        this.retry = retry;
        this.rules = Map.copyOf(rules);
        this.timeout = timeout;
        this.interrupts = interrupts;
    }

    /** Instead of the worker's. */
    public HandlerPolicy retry(RetryPolicy policy) {
        requireNonNull(policy, "retry must not be null: leave it out for the worker's");
        return new HandlerPolicy(policy, rules, timeout, interrupts);
    }

    /** A job that fails by such an error is dead at once, to be looked at and replayed. */
    public HandlerPolicy giveUpOn(Class<? extends Throwable> error) {
        return with(error, thrown -> new Verdict.GiveUp());
    }

    /** Such an error is tried again like any other: the exception to a rule for a wider class. */
    public HandlerPolicy retryOn(Class<? extends Throwable> error) {
        return with(error, thrown -> new Verdict.Retry());
    }

    /**
     * A job that fails by such an error waits as long as the error says, at least no time and at most {@link
     * NewJob#LONGEST_DELAY}, and by the {@link RetryPolicy} where it says nothing. The attempt counts.
     */
    public <X extends Throwable> HandlerPolicy retryAfter(Class<X> error, Function<X, @Nullable Duration> wait) {
        requireNonNull(wait, "wait must not be null: what tells how long, such as error -> Duration.ofMinutes(1)");
        return with(error, thrown -> {
            Duration asked = wait.apply(error.cast(thrown));
            return asked == null ? new Verdict.Retry() : new Verdict.RetryAfter(bounded(asked));
        });
    }

    /**
     * How long an attempt may take. Then {@link JobContext#cancelled()} is true, which the handler is to look at, and what
     * it throws from then on fails the attempt as timed out; an attempt that ends well is done, however late. A thread
     * cannot be stopped from outside: it is logged where one is that goes on.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public HandlerPolicy timeout(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, was " + limit);
        }
        return new HandlerPolicy(retry, rules, limit, interrupts);
    }

    /**
     * Such a timeout that interrupts the thread too, for handlers that wait in what answers to that, such as an HTTP
     * client. Not for one that may be in an H2 database kept in a file: an interrupted write closes the file for
     * everybody.
     */
    public HandlerPolicy interruptAfter(Duration limit) {
        HandlerPolicy timed = timeout(limit);
        return new HandlerPolicy(timed.retry, timed.rules, timed.timeout, true);
    }

    RetryPolicy retryOr(RetryPolicy workers) {
        return retry == null ? workers : retry;
    }

    @Nullable
    Duration timeout() {
        return timeout;
    }

    boolean interrupts() {
        return interrupts;
    }

    Verdict verdict(Throwable thrown) {
        Throwable looked = thrown;
        for (int depth = 0; looked != null && depth < MOST_CAUSES; depth++) {
            for (Class<?> type = looked.getClass(); type != null; type = type.getSuperclass()) {
                Rule rule = rules.get(type);
                if (rule != null) {
                    return rule.of(looked);
                }
            }
            looked = looked.getCause();
        }
        return new Verdict.Retry();
    }

    private HandlerPolicy with(Class<? extends Throwable> error, Rule rule) {
        requireNonNull(error, "error must not be null: the class of an exception");
        var all = new HashMap<>(rules);
        if (all.putIfAbsent(error, rule) != null) {
            throw new IllegalArgumentException(error.getName() + " has two rules: leave one out");
        }
        return new HandlerPolicy(retry, all, timeout, interrupts);
    }

    private static Duration bounded(Duration asked) {
        if (asked.isNegative()) {
            return Duration.ZERO;
        }
        return asked.compareTo(NewJob.LONGEST_DELAY) > 0 ? NewJob.LONGEST_DELAY : asked;
    }
}
